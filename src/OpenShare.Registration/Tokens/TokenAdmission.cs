using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tokens;

/// <summary>A registration token, spent inside the transaction that registers the device.</summary>
internal sealed class TokenAdmission(byte[] secretHash) : IAdmission
{
    /// <summary>For how long a device that lost the answer is given it again for its spent token.</summary>
    public static readonly TimeSpan AnsweredAgainFor = TimeSpan.FromHours(24);

    public static readonly Refusal Spent = new(
        RegistrationProblems.TokenUsed, "This registration token was used already. Ask your administrator for a new one.");

    private TokenRow? _token;

    public Actor? By => null;

    public async Task<Refusal?> ObjectionAsync(RegistrationDb db, AccountId account, CancellationToken cancel) => (_token = await FindAsync(db, cancel)) switch
    {
        null => new Refusal(RegistrationProblems.BadToken, "This service does not know this registration token. Ask your administrator for a new one."),
        { } token when token.Account != account.Value =>
            new Refusal(RegistrationProblems.BadToken, $"This registration token is not for the account {account}. Ask your administrator for one that is."),
        _ => null,
    };

    public Task<DateTimeOffset?> EarlierUseAsync(RegistrationDb db, long deviceNo, CancellationToken cancel) => db.TokenUses.AsNoTracking()
        .Where(u => u.SecretHash == secretHash && u.DeviceNo == deviceNo).Select(u => (DateTimeOffset?)u.UsedAt).SingleOrDefaultAsync(cancel);

    /// <summary>Takes one use, if one is left and it is not too late.</summary>
    public async Task<Refusal?> UseAsync(RegistrationDb db, long deviceNo, DateTimeOffset now, CancellationToken cancel)
    {
        if (_token is { UsesLeft: > 0 } && _token.ExpiresAt <= now)
            return new Refusal(RegistrationProblems.TokenExpired, $"This registration token expired at {_token.ExpiresAt:u}. Ask your administrator for a new one.");
        // One statement checks and takes: of requests that race for the last use, one changes a row.
        var taken = await db.Tokens.Where(t => t.SecretHash == secretHash && t.UsesLeft > 0)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.UsesLeft, t => t.UsesLeft - 1), cancel);
        if (taken == 0)
            return Spent;
        db.TokenUses.Add(new TokenUseRow { SecretHash = secretHash, DeviceNo = deviceNo, UsedAt = now });
        return null;
    }

    private Task<TokenRow?> FindAsync(RegistrationDb db, CancellationToken cancel) =>
        db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.SecretHash == secretHash, cancel);
}
