using System.Net;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Storage.Database;

public sealed class PairingStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private readonly SeededRandom _random = new(1);
    private readonly Device.Registration.DeviceIdentity _alice = new TestOrganisation(1, Now).Enroll("alice");
    private readonly SigningKey _new = SigningKey.Create(new SeededRandom(2));
    private readonly DeviceDatabase _database = DeviceDatabase.OpenInMemory();

    private IPairingStore Store => _database.Pairing;

    [Fact]
    public void A_nonce_is_spent_once_and_one_that_was_never_given_is_unknown()
    {
        var token = Saved();
        Assert.Equal([token.Code], Store.Invited());
        Assert.IsType<SpendOutcome.Spent>(Store.Spend(token.Nonce, Given(), Now));
        Assert.IsType<SpendOutcome.SpentBefore>(Store.Spend(token.Nonce, Given(), Now));
        Assert.IsType<SpendOutcome.Unknown>(Store.Spend(PairingNonce.New(_random), Given(), Now));
    }

    [Fact]
    public async Task Of_many_at_once_one_spends_it()
    {
        var token = Saved();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Store.Spend(token.Nonce, Given(), Now))));
        Assert.Single(outcomes.OfType<SpendOutcome.Spent>());
    }

    [Fact]
    public void Invitations_are_kept_for_a_day_past_their_end_and_never_more_than_so_many()
    {
        var old = Saved();
        Saved(Now.AddDays(1));
        Assert.IsType<SpendOutcome.Spent>(Store.Spend(old.Nonce, Given(), Now));
        Saved(Now.AddDays(1.1));
        Assert.IsType<SpendOutcome.Unknown>(Store.Spend(old.Nonce, Given(), Now));

        var first = Saved(Now.AddDays(3));
        for (var more = 0; more < IPairingStore.MostInvitations; more++)
            Saved(Now.AddDays(3).AddSeconds(more + 1));
        Assert.IsType<SpendOutcome.Unknown>(Store.Spend(first.Nonce, Given(), Now));
    }

    [Fact]
    public void What_was_given_is_known_until_it_ends()
    {
        Store.Spend(Saved().Nonce, Given(), Now);
        Assert.Equal([(Given().PayloadSha256, Given().ExpiresAt)], Store.GivenTo(Given().DeviceId, Now));
        Assert.Empty(Store.GivenTo(_alice.DeviceId, Now));
        Assert.Empty(Store.GivenTo(Given().DeviceId, Now.AddDays(8)));
    }

    [Fact]
    public void What_was_taken_back_is_new_once_and_kept_for_as_long_as_it_could_be_shown()
    {
        var withdrawal = Withdrawal.Create(_alice.Key, _alice.Certificate, Given().PayloadSha256, Given().ExpiresAt);
        Assert.True(Store.Add([withdrawal], Now));
        Assert.False(Store.Add([withdrawal], Now));
        Assert.Equal(withdrawal.Certificate, Assert.Single(Store.Withdrawals()).Certificate);
        Store.Add([], Now.AddDays(7));
        Assert.Single(Store.Withdrawals());
        Store.Add([], Now.AddDays(9));
        Assert.Empty(Store.Withdrawals());
    }

    [Fact]
    public void A_sponsor_crowds_out_its_own_withdrawals_alone()
    {
        var bob = new TestOrganisation(3, Now).Enroll("bob");
        var bobs = Withdrawal.Create(bob.Key, bob.Certificate, new string('b', 64), Now.AddDays(1));
        Store.Add([bobs], Now);
        Store.Add([.. Enumerable.Range(0, Withdrawal.Most + 5).Select(n => Withdrawal.Create(_alice.Key, _alice.Certificate, n.ToString("x64", null), Now.AddDays(7)))], Now);
        Assert.Equal(Withdrawal.Most + 1, Store.Withdrawals().Length);
        Assert.Contains(Store.Withdrawals(), w => w.Certificate == bobs.Certificate);
    }

    public void Dispose() => _database.Dispose();

    private PairingToken Saved(DateTimeOffset? at = null)
    {
        var token = PairingToken.Create(
            _alice.Key, _alice.Certificate, PairingCode.Of(_new.PublicKey), ProvisionalScope.Account, PairingNonce.New(_random),
            [new IPEndPoint(IPAddress.Loopback, 1)], at ?? Now, PairingToken.DefaultTtl);
        Store.Save(token, at ?? Now);
        return token;
    }

    private DeviceCertificate Given() => DeviceCertificate.Sponsored(
        _alice.Key, _alice.Certificate, 1, _new.PublicKey, "new", ProvisionalScope.Account, Now, SponsorMachine.Lifetime);
}
