using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>What a device knows of its account: its registration, the revocation list, its peers.</summary>
public sealed class AccountStoreTests : DatabaseSpecs
{
    private static readonly Uri Server = new("https://registration.example:8443/");

    [Fact]
    public void A_new_database_holds_nothing()
    {
        Assert.Null(Database.Registration.Load());
        Assert.Null(Database.Registration.LoadPending());
        Assert.Equal(DateTimeOffset.UnixEpoch, Database.Registration.TimeFloor);
        Assert.Null(Database.Revocation.Load(Organisation.Trust));
        Assert.Empty(Database.Peers.All());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256:00ff")]
    public void A_registration_comes_back_as_it_was(string? serverTrust)
    {
        var identity = Organisation.Enroll("Ann's laptop");
        Database.Registration.Save(new RegistrationRecord(Server, identity.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, serverTrust));

        var held = Reopened().Registration.Load()!;

        Assert.Equal((Server, identity.Certificate.Blob, serverTrust), (held.Server, held.Certificate.Blob, held.ServerTrust));
        Assert.Equal(Organisation.Trust.Fingerprint.ToArray(), held.Trust.Newest.Fingerprint.ToArray());
        Assert.Equal(Organisation.DiscoveryKeys.Issue!.Blob, held.DiscoveryKeys.Issue!.Blob);
        Assert.Null(held.DiscoveryKeys.Previous);
    }

    [Fact]
    public void The_trust_roots_that_were_followed_come_back_in_order()
    {
        var identity = Organisation.Enroll("Ann's laptop");
        Database.Registration.SaveTrust(Organisation.Chain);
        Assert.Null(Reopened().Registration.Load());
        Database.Registration.Save(new RegistrationRecord(Server, identity.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));
        Organisation.Rotate(Now, issuing: true);
        Organisation.Rotate(Now, crl: true);

        Database.Registration.SaveTrust(Organisation.Chain);

        Assert.Equal(Organisation.Chain.Roots.Select(r => r.Link), Reopened().Registration.Load()!.Trust.Roots.Select(r => r.Link));
        // Another registration brings its own, and they are none of its chain.
        var other = new TestOrganisation(2, Now);
        Database.Registration.Save(new RegistrationRecord(Server, identity.Certificate, other.Chain, Organisation.DiscoveryKeys, null));
        Assert.Equal([other.Trust.Link], Reopened().Registration.Load()!.Trust.Roots.Select(r => r.Link));
    }

    [Fact]
    public void A_home_from_before_trust_roots_were_kept_has_its_newest()
    {
        var identity = Organisation.Enroll("Ann's laptop");
        Database.Registration.Save(new RegistrationRecord(Server, identity.Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));
        using (var gate = SqliteGate.Open($"Data Source={DatabaseFile};Pooling=False", "test", Schema.Steps))
            gate.Write(c => Dapper.SqlMapper.Execute(c, "DELETE FROM trust_roots"));

        Assert.Equal([Organisation.Trust.Link], Reopened().Registration.Load()!.Trust.Roots.Select(r => r.Link));
    }

    [Fact]
    public void The_discovery_keys_come_back_as_they_are_the_current_one_as_it_was_issued()
    {
        Database.Registration.SaveDiscoveryKeys(Organisation.DiscoveryKeys);
        Assert.Null(Reopened().Registration.Load());
        Database.Registration.Save(new RegistrationRecord(
            Server, Organisation.Enroll("Ann's laptop").Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));
        var before = Organisation.DiscoveryKeys.Hash;
        Organisation.Rekey(revocationList: 7);

        Database.Registration.SaveDiscoveryKeys(Organisation.DiscoveryKeys);

        var held = Reopened().Registration.Load()!.DiscoveryKeys;
        Assert.Equal((Organisation.DiscoveryKeys.Hash, before), (held.Hash, held.PreviousHash!.Value));
        Assert.Equal(Organisation.DiscoveryKeys.Issue!.Blob, held.Issue!.Blob);
        Assert.Equal(7UL, held.Issue.RevocationList);
    }

    [Fact]
    public void A_home_from_before_discovery_keys_had_versions_has_its_key_unsigned()
    {
        var (file, identity) = (DatabaseFile + ".before", Organisation.Enroll("Ann's laptop"));
        using (var gate = SqliteGate.Open($"Data Source={file};Pooling=False", "test", Schema.Steps[..2]))
        {
            gate.WriteDurably(c => Dapper.SqlMapper.Execute(
                c, "INSERT INTO registration VALUES (1, @Server, @Certificate, @Trust, @Key, NULL)",
                new { Server = Server.AbsoluteUri, Certificate = identity.Certificate.Blob.ToText(), Trust = Organisation.Trust.ToText(), Key = new byte[32] }));
        }

        using var database = DeviceDatabase.Open(file);

        var held = database.Registration.Load()!.DiscoveryKeys;
        Assert.Equal((0u, null, null), (held.Version, held.Issue, held.PreviousHash));
        Assert.Equal(new byte[32], held.Current.ToArray());
    }

    [Fact]
    public void A_pending_registration_comes_back_as_it_was_and_is_done_with_by_the_registration()
    {
        var pending = new PendingRegistration(Server, "one-time token", "Ann's laptop", "sha256:00ff", 3, Now.AddMinutes(2), "The service did not answer.");
        Database.Registration.SavePending(pending);
        Assert.Equal(pending, Reopened().Registration.LoadPending());

        Database.Registration.Save(new RegistrationRecord(
            Server, Organisation.Enroll("Ann's laptop").Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null));

        Assert.Null(Reopened().Registration.LoadPending());
    }

    [Fact]
    public void A_pending_registration_can_be_given_up()
    {
        Database.Registration.SavePending(new PendingRegistration(Server, null, "Ann's laptop", null, 0, Now, ""));

        Database.Registration.ClearPending();

        Assert.Null(Reopened().Registration.LoadPending());
    }

    [Fact]
    public void Neither_the_token_nor_the_discovery_key_is_in_a_records_text()
    {
        var pending = new PendingRegistration(Server, "one-time token", "Ann's laptop", null, 0, Now, "");
        var registered = new RegistrationRecord(Server, Organisation.Enroll("Ann").Certificate, Organisation.Chain, Organisation.DiscoveryKeys, null);

        Assert.DoesNotContain("one-time token", $"{pending}", StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(Organisation.DiscoveryKeys.Current.Span), $"{registered}", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_time_floor_never_sinks()
    {
        Database.Registration.RaiseTimeFloor(Now);
        Database.Registration.RaiseTimeFloor(Now.AddDays(-1));

        Assert.Equal(Now, Reopened().Registration.TimeFloor);
    }

    [Fact]
    public void A_revocation_list_comes_back_and_only_a_newer_one_takes_its_place()
    {
        var (older, newer) = (Organisation.Revoke(), Organisation.Revoke(Organisation.Enroll("lost")));

        Assert.True(Database.Revocation.Save(newer));
        Assert.False(Reopened().Revocation.Save(older));
        Assert.False(Database.Revocation.Save(newer));

        Assert.Equal(newer.Blob, Reopened().Revocation.Load(Organisation.Trust)!.Blob);
    }

    [Fact]
    public void A_list_of_the_same_version_that_was_signed_later_takes_its_place()
    {
        var key = SigningKey.Create(new SeededRandom(9));
        var trust = TrustRoot.Create(SigningKey.Create(new SeededRandom(8)), key.PublicKey, key.PublicKey, Now.AddDays(-1), Now.AddYears(1));
        var first = Protocol.Revocation.RevocationList.Create(key, ulong.MaxValue, Now, Now.AddDays(1), []);
        var renewed = Protocol.Revocation.RevocationList.Create(key, ulong.MaxValue, Now.AddHours(1), Now.AddDays(2), []);
        Database.Revocation.Save(Protocol.Revocation.RevocationList.Create(key, long.MaxValue, Now.AddHours(2), Now.AddDays(1), []));

        // Versions are unsigned: the largest stands above the largest signed one.
        Assert.True(Database.Revocation.Save(first));
        Assert.True(Database.Revocation.Save(renewed));

        Assert.Equal(renewed.Blob, Reopened().Revocation.Load(trust)!.Blob);
    }

    [Fact]
    public void A_list_that_the_trust_root_does_not_vouch_for_is_not_given_out_and_can_be_discarded()
    {
        Database.Revocation.Save(Organisation.Revoke());
        var other = new TestOrganisation(2, Now);

        Assert.Throws<ProtocolException>(() => Reopened().Revocation.Load(other.Trust));
        Database.Revocation.Discard();

        Assert.Null(Reopened().Revocation.Load(other.Trust));
    }

    [Fact]
    public void A_peer_comes_back_as_it_was_and_a_later_word_replaces_it()
    {
        var peer = Peer(1, Now) with { Endpoints = [IPEndPoint.Parse("10.0.0.1:4000"), IPEndPoint.Parse("[fe80::1%3]:4000")] };
        Database.Peers.Save(peer with { Name = "before", Trust = PeerTrust.Revoked, FoundBy = FoundBy.Typed });
        Database.Peers.Save(peer);

        var held = Reopened().Peers.Find(peer.DeviceId)!;

        Assert.Equal(peer with { Endpoints = [] }, held with { Endpoints = [] });
        Assert.Equal(peer.Endpoints, held.Endpoints.AsEnumerable());
        Assert.Single(Database.Peers.All());
    }

    [Fact]
    public void Only_the_newest_places_of_a_peer_are_kept()
    {
        var places = Enumerable.Range(1, PeerRecord.MaxEndpoints + 5).Select(i => new IPEndPoint(IPAddress.Loopback, i)).ToList();
        Database.Peers.Save(Peer(1, Now) with { Endpoints = [.. places] });

        Assert.Equal(places.Take(PeerRecord.MaxEndpoints), Reopened().Peers.All().Single().Endpoints);
    }

    [Fact]
    public void A_removed_peer_is_forgotten()
    {
        Database.Peers.Save(Peer(1, Now));

        Database.Peers.Remove(Peer(1, Now).DeviceId);

        Assert.Null(Reopened().Peers.Find(Peer(1, Now).DeviceId));
    }

    [Fact]
    public void Beyond_the_most_the_peer_not_seen_for_longest_is_forgotten()
    {
        using (var gate = SqliteGate.Open($"Data Source={DatabaseFile};Pooling=False", "test", Schema.Steps))
        {
            gate.Write(c => Dapper.SqlMapper.Execute(
                c,
                """
                WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @most)
                INSERT INTO peers SELECT printf('%032x', n), 'peer', '', n + 1000, 'Certified', 'Mdns', n FROM numbers
                """,
                new { most = IPeerStore.MaxPeers }));
        }
        var oldest = DeviceId.Parse(1.ToString("x32", System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotNull(Database.Peers.Find(oldest));

        Database.Peers.Save(Peer(1, Now));

        Assert.Null(Database.Peers.Find(oldest));
        Assert.Equal(IPeerStore.MaxPeers, Database.Peers.All().Count);
        Assert.NotNull(Database.Peers.Find(Peer(1, Now).DeviceId));
    }

    private static PeerRecord Peer(int number, DateTimeOffset seen) =>
        new(DeviceId.FromBytes(new SeededRandom(number).Bytes(16)), "Ben", [], seen, PeerTrust.Certified, FoundBy.Mdns) { DeviceNo = ulong.MaxValue };
}
