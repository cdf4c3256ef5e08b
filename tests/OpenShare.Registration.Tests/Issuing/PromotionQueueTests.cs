using System.Net;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Issuing;

/// <summary>Of paired devices that wait for a yes a service keeps so many, each for as long as it may come to something.</summary>
public class PromotionQueueTests : PromotionRig
{
    [SkippableTheory]
    [InlineData("revoked sponsor")]
    [InlineData("withdrawn")]
    [InlineData("old")]
    [InlineData("revoked")]
    public async Task Who_can_come_to_nothing_any_more_is_not_shown_and_takes_up_no_room(string happened)
    {
        var (endorsement, another) = (Endorse(), new TestDevice("bob"));
        var bob = new TestDevice("bob");
        DeviceCertificate bobs;
        using (var response = await bob.RegisterAsync(Service.Http, await Service.TokenAsync("bob")))
            bobs = await response.CertificateAsync();
        await WaitsAsync(endorsement);
        await HappenAsync(happened, endorsement);
        Assert.Empty(await WaitingAsync());
        await another.PromoteAsync(Service.Http, bob.Endorse(bobs, another, Service.Time.GetUtcNow())).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);
        Assert.Equal(1, await Service.Core.Store.ReadAsync(db => Task.FromResult(db.Promotions.Count())));
    }

    [SkippableFact]
    public async Task An_account_has_so_many_that_wait_also_of_those_that_ask_at_once()
    {
        for (var i = 0; i < PromotionQueue.MostOfAccount - 10; i++)
            await AskAsync(new TestDevice());
        await WaitsAsync(Endorse());
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => AskAsync(new TestDevice())));
        Assert.Equal(9, answers.Count(a => a == RegistrationProblems.PromotionWaiting));
        Assert.Equal(21, answers.Count(a => a == RegistrationProblems.TooManyRequests));
        Assert.Equal(PromotionQueue.MostOfAccount, (await WaitingAsync()).Count);

        // Whoever waits goes on waiting, with what it was paired with anew, too.
        await WaitsAsync(Endorse());
        (await Service.Admin.TurnAwayAsync(New.Id.ToString(), new(), default)).Value();
        Assert.Equal(RegistrationProblems.PromotionWaiting, await AskAsync(new TestDevice()));
    }

    [SkippableFact]
    public async Task All_accounts_together_have_so_many_that_wait()
    {
        var until = Service.Time.GetUtcNow().AddDays(30);
        await Service.Core.Store.WriteAsync<int>(async db =>
        {
            for (var i = 0; i < PromotionQueue.Most; i++)
            {
                var account = $"account-{i / 100}";
                if (i % 100 == 0)
                    db.Accounts.Add(new AccountRow { Name = account, DiscoveryKey = [] });
                db.Promotions.Add(new PromotionRow
                {
                    Account = account, DeviceId = $"{i:x32}", Name = "phone", SponsorNo = 1, Endorsement = [], Hash = [], AskedAt = until.AddDays(-30), ExpiresAt = until,
                });
            }
            await db.SaveChangesAsync();
            return 1;
        }, default);
        await PromoteAsync(Endorse()).RefusedAsync(HttpStatusCode.TooManyRequests, RegistrationProblems.TooManyRequests);
        Service.Time.Advance(TimeSpan.FromDays(31));
        await WaitsAsync(Endorse());
        Assert.Equal(1, await Service.Core.Store.ReadAsync(db => Task.FromResult(db.Promotions.Count())));
    }

    [SkippableFact]
    public async Task No_endorsement_is_kept_that_is_longer_than_one_with_the_longest_names()
    {
        var name = new string('é', Limits.DeviceName);
        var (sponsor, device) = (new TestDevice(new string('a', Limits.AccountName), name), new TestDevice(new string('a', Limits.AccountName), name));
        using var registered = await sponsor.RegisterAsync(Service.Http, await Service.TokenAsync(sponsor.Account));
        var longest = sponsor.Endorse(await registered.CertificateAsync(), device, Service.Time.GetUtcNow());
        await device.PromoteAsync(Service.Http, longest).RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.PromotionWaiting);

        // A field that nobody knows.
        var payload = Endorse().Blob.Payload.ToByteArray().Concat((byte[])[0xfa, 0x07, 0x80, 0x20]).Concat(new byte[4096]).ToArray();
        var padded = DeviceCertificate.Read(SignedBlobs.Sign(Sponsor.Key, SignatureContext.Provisional, payload));
        Assert.Contains("none that a device gives has more", await RefusedAsync(padded), StringComparison.Ordinal);
        Assert.Single(await WaitingAsync());
    }

    [SkippableFact]
    public async Task A_device_that_shows_nothing_good_is_not_kept()
    {
        await New.PromoteAsync(Service.Http, Sponsor.Endorse(Sponsors, new TestDevice(), Service.Time.GetUtcNow()))
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.EndorsementRefused);
        await TestDevice.PostAsync(Service.Http, RegistrationPaths.Promote, new RegistrationMessages.PromoteRequest(
                New.Request(New.Proof(await TestDevice.NonceAsync(Service.Http), signer: Sponsor.Key)), Endorse().Blob.ToText()))
            .RefusedAsync(HttpStatusCode.Forbidden, RegistrationProblems.KeyNotProven);
        Assert.Empty(await WaitingAsync());
    }
}
