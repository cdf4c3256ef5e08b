using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Login;

/// <summary>Lets in the devices of whoever has logged in.</summary>
internal sealed class SessionAdmissions(Sessions sessions, IRandomSource random)
{
    public async Task<Outcome<IAdmission>> ReadAsync(string jwt, CancellationToken cancel) =>
        (await sessions.ReadAsync(jwt, cancel)).Then<IAdmission>(session => new SessionAdmission(session, random));
}

/// <summary>
/// A session is good for any number of devices of its account, as long as it lasts: it is not used up, and whoever lost
/// the answer asks again. The account begins with its first device.
/// </summary>
internal sealed class SessionAdmission(Session session, IRandomSource random) : IAdmission
{
    public Actor? By => Actor.LoggedIn(session.Subject);

    public byte[]? Token => null;

    public Task<Refusal?> ObjectionAsync(RegistrationDb db, DeviceClaim claim, CancellationToken cancel) => Task.FromResult(claim.Account == session.Account
        ? null
        : new Refusal(RegistrationProblems.BadSession, $"This session is for the account {session.Account}, not for {claim.Account}."));

    public Task<EarlierUse?> EarlierUseAsync(RegistrationDb db, long deviceNo, CancellationToken cancel) => Task.FromResult<EarlierUse?>(null);

    public Refusal? UsedUp(DateTimeOffset now) => null;

    public async Task UseAsync(RegistrationDb db, AccountId account, long deviceNo, DateTimeOffset now, CancellationToken cancel)
    {
        if (await db.Accounts.FindAsync([account.Value], cancel) is null)
            db.Accounts.Add(AccountRow.New(account, random));
    }
}
