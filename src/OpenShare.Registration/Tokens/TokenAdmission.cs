using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tokens;

/// <summary>A registration token, spent inside the transaction that registers the device.</summary>
internal sealed class TokenAdmission(byte[] secretHash) : IAdmission
{
    private TokenRow? _token;

    public Actor? By => null;

    public byte[] Token => secretHash;

    private static readonly Refusal Spent = new(RegistrationProblems.TokenUsed, "This registration token was used already, or taken back. Ask your administrator for a new one.");

    public async Task<Refusal?> ObjectionAsync(RegistrationDb db, DeviceClaim claim, CancellationToken cancel) => (_token = await db.Tokens.FindAsync([secretHash], cancel)) switch
    {
        null => new Refusal(RegistrationProblems.BadToken, "This service does not know this registration token. Ask your administrator for a new one."),
        { } token when token.Account != claim.Account.Value =>
            new Refusal(RegistrationProblems.BadToken, $"This registration token is not for the account {claim.Account}. Ask your administrator for one that is."),
        _ => null,
    };

    public async Task<EarlierUse?> EarlierUseAsync(RegistrationDb db, long deviceNo, CancellationToken cancel) =>
        await db.TokenUses.FindAsync([secretHash, deviceNo], cancel) is { } use ? new EarlierUse(use.UsedAt, Spent) : null;

    public Refusal? UsedUp(DateTimeOffset now) => _token switch
    {
        not { UsesLeft: > 0 } => Spent,
        { } token when token.ExpiresAt <= now =>
            new Refusal(RegistrationProblems.TokenExpired, $"This registration token expired at {token.ExpiresAt:u}. Ask your administrator for a new one."),
        _ => null,
    };

    public Task UseAsync(RegistrationDb db, AccountId account, long deviceNo, DateTimeOffset now, CancellationToken cancel)
    {
        _token!.UsesLeft--;
        db.TokenUses.Add(new TokenUseRow { SecretHash = secretHash, DeviceNo = deviceNo, UsedAt = now });
        return Task.CompletedTask;
    }
}
