using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tokens;

/// <summary>Spending a token inside the transaction that registers the device.</summary>
internal static class TokenUse
{
    /// <summary>For how long a device that lost the answer is given it again for its spent token.</summary>
    public static readonly TimeSpan AnsweredAgainFor = TimeSpan.FromHours(24);

    public static readonly Refusal Spent = new(
        RegistrationProblems.TokenUsed, "This registration token was used already. Ask your administrator for a new one.");

    /// <summary>The token of this account, spent or not, expired or not.</summary>
    public static async Task<Outcome<TokenRow>> FindAsync(RegistrationDb db, byte[] secretHash, AccountId account, CancellationToken cancel)
    {
        var token = await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.SecretHash == secretHash, cancel);
        if (token is null)
            return new Refusal(RegistrationProblems.BadToken, "This service does not know this registration token. Ask your administrator for a new one.");
        return token.Account == account.Value
            ? token
            : new Refusal(RegistrationProblems.BadToken, $"This registration token is not for the account {account}. Ask your administrator for one that is.");
    }

    /// <summary>Takes one use, if one is left and it is not too late.</summary>
    public static async Task<Outcome<TokenRow>> SpendAsync(RegistrationDb db, TokenRow token, long deviceNo, DateTimeOffset now, CancellationToken cancel)
    {
        if (token.UsesLeft > 0 && token.ExpiresAt <= now)
            return new Refusal(RegistrationProblems.TokenExpired, $"This registration token expired at {token.ExpiresAt:u}. Ask your administrator for a new one.");
        // One statement checks and takes: of requests that race for the last use, one changes a row.
        var taken = await db.Tokens.Where(t => t.SecretHash == token.SecretHash && t.UsesLeft > 0)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.UsesLeft, t => t.UsesLeft - 1), cancel);
        if (taken == 0)
            return Spent;
        db.TokenUses.Add(new TokenUseRow { SecretHash = token.SecretHash, DeviceNo = deviceNo, UsedAt = now });
        return token;
    }
}
