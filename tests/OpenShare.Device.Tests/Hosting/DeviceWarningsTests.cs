using OpenShare.Device.Discovery;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Hosting;

public sealed class DeviceWarningsTests
{
    private static readonly RevocationView Fresh = new(0, null, null, false, 0, null);

    [Fact]
    public void Whoever_claims_to_be_many_devices_crowds_out_no_warning_of_the_device_itself()
    {
        var (warnings, random) = (new DeviceWarnings(), new SeededRandom(1));

        // Each with a certificate that anybody makes for himself.
        for (var i = 0; i < 1000; i++)
            warnings.Note(new PeerEvents.PeerRefused(DeviceId.FromBytes(random.Bytes(16)), new LinkProblem(LinkRefusal.BadCertificate, "bad", ByPeer: false)));
        warnings.Note(new DiscoveryEvents.InterfacesFailing([new InterfaceFailure("eth0", "no such device")]));

        var lines = warnings.Lines(Fresh);
        Assert.Contains(lines, line => line.Contains("eth0", StringComparison.Ordinal));
        Assert.InRange(lines.Count, 2, 21);
    }

    [Fact]
    public void Why_an_offer_to_pair_this_device_was_refused_is_said_however_many_offer()
    {
        var (warnings, random) = (new DeviceWarnings(), new SeededRandom(1));
        for (var i = 0; i < 1000; i++)
            warnings.Note(new PairingEvents.OfferRefused(DeviceId.FromBytes(random.Bytes(16)), "laptop", new PairingRefusal(PairingRefusalCode.NotYet, "Set the clock.")));
        var lines = warnings.Lines(Fresh);
        Assert.All(lines, line => Assert.Equal("laptop offered to pair this device, and was refused: Set the clock.", line));
        Assert.InRange(lines.Count, 1, 20);
    }

    [Fact]
    public void Whoever_forges_many_devices_crowds_out_no_copied_key()
    {
        var (warnings, random) = (new DeviceWarnings(), new SeededRandom(1));
        warnings.Note(new PeerEvents.DeviceCloned(DeviceId.FromBytes(random.Bytes(16)), "laptop", []));

        for (var i = 0; i < 1000; i++)
        {
            var device = DeviceId.FromBytes(random.Bytes(16));
            warnings.Note(new DiscoveryEvents.DuplicateDevice(device, []));
            warnings.Note(new PeerEvents.PlacesForged(device, $"device {i}", [], DateTimeOffset.MaxValue));
        }

        var lines = warnings.Lines(Fresh);
        Assert.Contains(lines, line => line.Contains("laptop", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("device 999", StringComparison.Ordinal));
        Assert.InRange(lines.Count, 3, 41);
    }

    [Fact]
    public void What_works_again_is_warned_of_no_more()
    {
        var warnings = new DeviceWarnings();
        warnings.Note(new DiscoveryEvents.InterfacesFailing([new InterfaceFailure("eth0", "no such device"), new InterfaceFailure("wlan0", "Permission denied")]));

        warnings.Note(new DiscoveryEvents.InterfacesFailing([new InterfaceFailure("wlan0", "Permission denied")]));

        Assert.Equal("Discovery does not work on wlan0: Permission denied", Assert.Single(warnings.Lines(Fresh)));
    }
}
