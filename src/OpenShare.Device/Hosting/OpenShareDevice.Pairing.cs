using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Discovery.Udp;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Hosting;

/// <summary>Pairing, and the addresses that stand in a token.</summary>
public sealed partial class OpenShareDevice
{
    // Each makes the QR larger; of the rest one leads as far as the others.
    private const int MostInvitationAddresses = 6;
    private const int MostDialled = 24;

    // The machine's own deadlines come first: for two persons, one after the other, and what is around them.
    private static readonly TimeSpan JoinPatience = (2 * JoinMachine.Deadline) + (2 * JoinMachine.PersonDeadline) + Patience;

    // It is dialled, and then answers the offer.
    private static readonly TimeSpan OfferPatience = 2 * Patience;

    public async Task<PairingShown> Announce(CancellationToken cancellation)
    {
        var key = (await Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), cancellation).ConfigureAwait(false)).Key!;
        var showing = await Ask<PairingCommands.Showing>(new PairingCommands.Show(key), cancellation).ConfigureAwait(false);
        return new PairingShown(PairingCode.Of(key.PublicKey), key.PublicKey.KeyId) { Until = showing.Until };
    }

    public Task<InviteOutcome> InviteFound(DeviceId device, ProvisionalScope scope, CancellationToken cancellation)
    {
        var addresses = InvitationAddresses();
        return addresses.IsEmpty
            ? Task.FromResult<InviteOutcome>(new InviteOutcome.NotOnNetwork())
            : Ask<InviteOutcome>(new PairingCommands.InviteFound(device, scope, addresses), OfferPatience, cancellation);
    }

    public ImmutableArray<Comparison> Comparisons => _warnings.Comparisons;

    public async Task<bool> Compare(int comparison, bool isSame, CancellationToken cancellation) =>
        (await Ask<PairingCommands.ComparisonTaken>(new PairingCommands.Compare(comparison, isSame), cancellation).ConfigureAwait(false)).IsKnown;

    public Task<InviteOutcome> Invite(PairingCode code, ProvisionalScope scope, CancellationToken cancellation)
    {
        var addresses = InvitationAddresses();
        return addresses.IsEmpty
            ? Task.FromResult<InviteOutcome>(new InviteOutcome.NotOnNetwork())
            : Ask<InviteOutcome>(new PairingCommands.Invite(code, scope, addresses), cancellation);
    }

    // Waited for also where whoever asked has left: an invitation is good once, and what came of it must not be lost on the way.
    public async Task<JoinReport> Join(PairingToken token, string? fingerprint, string? name, bool isAttended, CancellationToken cancellation)
    {
        var registration = await Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), cancellation).ConfigureAwait(false);
        if (registration.State is RegistrationState.Certified && registration.Identity?.TrustAt(registration.Floor.At(_adapters.Context.Now), _warnings.Revoked) == PeerTrust.Certified)
            return new JoinReport.AlreadyRegistered();
        var order = new PairingCommands.Join(token, registration.Key!, Dialled(token.Addresses), fingerprint) { Name = name, IsAttended = isAttended };
        return await Ask<object>(order, JoinPatience, CancellationToken.None).ConfigureAwait(false) is JoinOutcome outcome
            ? new JoinReport.Ended(outcome)
            : new JoinReport.UnderWay();
    }

    public Task<WithdrawOutcome> WithdrawPairing(DeviceId device, CancellationToken cancellation) =>
        Ask<WithdrawOutcome>(new PairingCommands.Withdraw(device), cancellation);

    // Loopback where there is nothing else. The last place is kept for a link-local one: it works where no address was ever given out.
    private ImmutableArray<IPEndPoint> InvitationAddresses()
    {
        var all = Listening().Select(a => new IPEndPoint(WithoutScope(a.Address), _options.AdvertisedPort ?? a.Port)).Distinct().ToList();
        var others = all.Where(a => !IPAddress.IsLoopback(a.Address)).ToList();
        var best = AddressOrder.BestFirst(others.Count > 0 ? others : all);
        var linkLocal = best.Where(a => a.Address.IsIPv6LinkLocal).Take(1).ToList();
        return [.. best.Where(a => !a.Address.IsIPv6LinkLocal).Take(MostInvitationAddresses - linkLocal.Count), .. linkLocal];
    }

    // A link-local address means something only together with an interface: here each may be the one.
    private static ImmutableArray<IPEndPoint> Dialled(ImmutableArray<IPEndPoint> addresses)
    {
        var interfaces = SystemInterfaces.Up((network, index, _) => SystemInterfaces.IsLoopback(network) ? null : (object)(long)index).Cast<long>().ToList();
        return [.. addresses.SelectMany(a => a.Address.IsIPv6LinkLocal
            ? interfaces.Select(index => new IPEndPoint(new IPAddress(a.Address.GetAddressBytes(), index), a.Port))
            : [a]).Take(MostDialled)];
    }

    private static IPAddress WithoutScope(IPAddress address) => address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes()) : address;
}
