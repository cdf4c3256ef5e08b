using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Revocation;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Devices of one account hand its newer discovery key on, to whoever is not revoked.</summary>
public abstract class DiscoveryKeySpecs : PeersKit
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_that_opens_brings_the_newer_key_to_the_one_behind_whoever_dialled(bool diallerIsBehind)
    {
        var behind = Start("behind", "127.0.0.1");
        Organisation.Rekey();
        var ahead = Start("ahead", "127.0.0.2");

        await (diallerIsBehind ? Link(behind, ahead) : Link(ahead, behind));

        AssertIsNewest(await behind.Hears<PeerEvents.DiscoveryKeyOffered>());
        await Marker(behind, ahead);
        Assert.DoesNotContain(await HeardBefore<PeerEvents.ControlReceived>(ahead), e => e is PeerEvents.DiscoveryKeyOffered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_probe_brings_it_whoever_dialled(bool diallerIsBehind)
    {
        var behind = Start("behind", "127.0.0.1");
        Organisation.Rekey();
        var ahead = Start("ahead", "127.0.0.2");

        if (diallerIsBehind)
            See(behind, ahead);
        else
            See(ahead, behind);

        AssertIsNewest(await behind.Hears<PeerEvents.DiscoveryKeyOffered>());
    }

    [Fact]
    public async Task A_device_two_keys_behind_that_is_seen_by_nobody_learns_it_where_its_last_known_address_answers()
    {
        var (behind, other) = (Start("behind", "127.0.5.1"), Start("ahead", "127.0.5.2"));
        See(behind, other);
        await behind.Hears<PeerEvents.PeerProven>();
        await other.Hears<PeerEvents.PeerProven>();
        behind.Context.Events.Publish(new DiscoveryEvents.PeerLost(other.Id));
        Organisation.Rekey();
        Organisation.Rekey();
        Learn(other);

        behind.Peers.Tell(new PeerCommands.LookFor(other.Id));

        AssertIsNewest(await behind.Hears<PeerEvents.DiscoveryKeyOffered>());
    }

    [Fact]
    public async Task On_a_link_that_is_open_it_is_handed_on_as_soon_as_it_is_known()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);
        Organisation.Rekey();

        Learn(b);

        AssertIsNewest(await a.Hears<PeerEvents.DiscoveryKeyOffered>());
    }

    [Fact]
    public async Task A_device_whose_key_was_changed_asks_those_that_do_not_see_it_any_more()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        a.Context.Events.Publish(new DiscoveryEvents.PeerSighted(new PeerSighting(
            b.Id, "bob", b.Identity.Key.PublicKey.ShortFingerprint, new PeerPlace("there.local", b.Address.Port, [b.Address.Address]), FoundBy.Mdns,
            TimeSpan.Zero, b.Identity.NewsWith(0))));
        await b.Hears<PeerEvents.PeerProven>();
        Organisation.Rekey();

        Learn(a);

        AssertIsNewest(await b.Hears<PeerEvents.DiscoveryKeyOffered>());
    }

    [Fact]
    public async Task It_is_not_handed_on_before_the_list_is_in_force_that_it_came_with()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(a, b);
        Organisation.Rekey(revocationList: 1);
        Learn(b);
        await Marker(b, a);
        Assert.DoesNotContain(await HeardBefore<PeerEvents.ControlReceived>(a), e => e is PeerEvents.DiscoveryKeyOffered);

        b.Context.Events.Publish(new RevocationEvents.RevocationChanged(Organisation.Revoke()));

        await a.Hears<PeerEvents.RevocationOffered>();
        AssertIsNewest(await a.Hears<PeerEvents.DiscoveryKeyOffered>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_that_is_revoked_is_cut_off_without_the_key_whichever_is_known_first(bool listFirst)
    {
        var (revoked, b) = (Start("revoked", "127.0.0.1"), Start("bob", "127.0.0.2"));
        await Link(revoked, b);
        var list = Organisation.Revoke(revoked.Identity);
        Organisation.Rekey(revocationList: list.Version);

        if (listFirst)
            b.Context.Events.Publish(new RevocationEvents.RevocationChanged(list));
        Learn(b);
        b.Context.Events.Publish(new RevocationEvents.RevocationChanged(list));

        Assert.DoesNotContain(await HeardBefore<PeerEvents.LinkClosed>(revoked), e => e is PeerEvents.DiscoveryKeyOffered);
        revoked.Peers.Tell(new PeerCommands.Connect(b.Id));
        Assert.DoesNotContain(await HeardBefore<PeerEvents.LinkFailed>(revoked), e => e is PeerEvents.DiscoveryKeyOffered or PeerEvents.LinkOpened);
    }

    [Fact]
    public async Task One_that_was_revoked_since_its_handshake_is_given_the_list_and_not_the_key()
    {
        var (revoked, knowing) = (Start("revoked", "127.0.0.2"), Organisation.Enroll("knowing"));
        var list = Organisation.Revoke(revoked.Identity);
        var key = Organisation.Rekey(revocationList: list.Version);
        var (open, context) = await DialByHand(knowing, revoked);

        await new ProbeRunner(context, PartyOf(knowing) with { Revoked = list, DiscoveryKey = key }).ExchangeAsync(open, Sys.Scheduler, default);

        Assert.DoesNotContain(await HeardBefore<PeerEvents.RevocationOffered>(revoked), e => e is PeerEvents.DiscoveryKeyOffered);
        Assert.DoesNotContain(await HeardBefore<PeerEvents.LinkClosed>(revoked), e => e is PeerEvents.DiscoveryKeyOffered);
    }

    private void AssertIsNewest(PeerEvents.DiscoveryKeyOffered offered) => Assert.Equal(Organisation.DiscoveryKeys.Issue!.Blob, offered.Key.Blob);

    private void Learn(Side side) =>
        side.Context.Events.Publish(new RegistrationEvents.Certified(side.Identity with { DiscoveryKeys = Organisation.DiscoveryKeys }));

    // What is sent behind something has arrived behind it.
    private static async Task Marker(Side from, Side to)
    {
        from.Peers.Tell(new PeerCommands.TellLinks(), from.Events.Ref);
        var link = (await from.Hears<PeerEvents.LinkOpened>()).Link;
        from.Peers.Tell(new PeerCommands.SendControl(to.Id, link, new Control { PageWanted = new PageWanted { PageIndex = 7 } }));
    }

    private static async Task<List<object>> HeardBefore<T>(Side side)
    {
        List<object> heard = [];
        while (await side.Events.ReceiveOneAsync(Patience * 2) is { } message)
        {
            if (message is T)
                return heard;
            heard.Add(message);
        }
        throw new TimeoutException($"No {typeof(T).Name} was heard, but {string.Join(", ", heard)}");
    }
}

public sealed class TcpDiscoveryKeySpecs : DiscoveryKeySpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryDiscoveryKeySpecs : DiscoveryKeySpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}
