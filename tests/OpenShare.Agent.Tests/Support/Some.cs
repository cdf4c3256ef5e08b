using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Agent.Tests.Support;

/// <summary>Values with nothing special about them.</summary>
internal static class Some
{
    internal static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    internal static readonly DeviceId Alice = DeviceId.Parse("a11ce000000000000000000000000001");
    internal static readonly DeviceId Bob = DeviceId.Parse("b0b00000000000000000000000000002");
    internal static readonly TransferId TransferId = TransferId.Parse("7aaa0000000000000000000000000003");
    internal static ShortCode Code => default;
    internal static readonly ManifestId ManifestId = ManifestId.Parse("3aaa0000000000000000000000000004");

    internal static RevocationView Revocation => new(7, Time, Time.AddDays(7), false, 2, Time.AddHours(1));

    internal static DeviceStatus Status => new(
        Alice, AccountId.Parse("home"), "alice", Time.AddYears(1), PeerTrust.Certified,
        new RegistrationState.Certified(new Uri("https://share.example:8443")), Revocation,
        [IPEndPoint.Parse("192.0.2.1:4747")],
        new DiscoveryView([new RungView(FoundBy.Mdns, "eth0", RungState.Found), new RungView(FoundBy.Broadcast, "eth0", RungState.Resting)], RungState.Resting, IsAlone: false),
        ["The key has no passphrase."]);

    internal static DeviceStatus Unregistered => Status with
    {
        Account = null,
        CertificateExpiresAt = null,
        Trust = PeerTrust.Unpaired,
        Registration = new RegistrationState.Unregistered(),
        Revocation = new RevocationView(0, null, null, false, 0, null),
        Warnings = [],
    };

    internal static PeerView Peer => new(Bob, "bob", IPEndPoint.Parse("192.0.2.2:4848"), PeerTrust.Certified, FoundBy.Mdns, TimeSpan.FromMilliseconds(312));

    internal static TransferView Transfer => new(
        TransferId, ManifestId, TransferDirection.Sending, TransferState.Transferring, null, Bob, "bob", IPEndPoint.Parse("192.0.2.2:4848"),
        "Photos", 4_000_000, 1_000_000, 500_000, 4, 1, true, Time, TimeSpan.FromSeconds(2.5), null, null);

    internal static TransferView Completed => Transfer with
    {
        State = TransferState.Completed,
        BytesDone = 3_500_000,
        ChunksDone = 4,
        Receipt = new ReceiptSummary(Time.AddMinutes(1), 3, 0, 0),
    };

    internal static Diagnosis Diagnosis => new(
    [
        Finding.Ok(FindingCode.NetworkWorks, "On the network: eth0 192.0.2.1/24."),
        Finding.Problem(FindingCode.PortBlockedHere, "bob (b0b00000) cannot connect to this device.", "Others cannot send to it.", new Remedy("Allow the port.", "sudo ufw allow 4747/tcp")),
        Finding.Note(FindingCode.DeviceSilent, "carol is not in sight.", "It may be off.", new Remedy("Look whether it is on.")) with { About = "carol" },
    ]);

    internal static ReceiptView Receipt => new(
        TransferId, ManifestId, Alice, Bob, "bob", Enumerable.Repeat((byte)0xab, 32).ToArray(), new ReceiptSummary(Time, 1, 1, 0),
        [
            new ReceiptEntry(0, 1, "Photos/a.jpg", EntryResult.Delivered, "Photos/a (2).jpg", null),
            new ReceiptEntry(1, 1, "Photos/b.jpg", EntryResult.Withdrawn, null, "it changed"),
        ],
        new byte[] { 1, 2, 3 });
}
