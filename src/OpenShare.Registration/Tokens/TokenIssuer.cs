using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tokens;

/// <summary>Makes registration tokens: for one account, for so many devices, for a limited time.</summary>
internal sealed class TokenIssuer(Store store, OrganisationTrust trust, AuditLog audit, IRandomSource random, TimeProvider time)
{
    public const int MaxUses = 10_000;
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(366);

    // A spent or expired token is kept for a while so that a late device is told what happened to it.
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(30);

    public async Task<Outcome<AdministrationMessages.TokenCreated>> CreateAsync(AccountId account, int uses, TimeSpan lifetime, string? name, Caller by, CancellationToken cancel)
    {
        var secret = random.Bytes(RegistrationTokenText.SecretSize);
        var token = new RegistrationTokenText(secret, account, trust.Newest.Fingerprint.Span);
        var now = time.GetUtcNow();
        var row = new TokenRow { SecretHash = TokenSecret.Hash(secret), Account = account.Value, Name = name, ExpiresAt = now + lifetime, UsesLeft = uses };
        return await store.WriteAsync<AdministrationMessages.TokenCreated>(async db =>
        {
            var forgettable = now - KeptAfterExpiry;
            await db.Tokens.Where(t => t.ExpiresAt < forgettable).ExecuteDeleteAsync(cancel);
            if (await db.Accounts.FindAsync([account.Value], cancel) is null)
                db.Accounts.Add(AccountRow.New(account, random));
            db.Tokens.Add(row);
            await audit.AddAsync(db, new AuditAct.TokenCreated(row.Account, uses, row.ExpiresAt, name), by, cancel);
            return new AdministrationMessages.TokenCreated(token.Reveal(), account.Value, uses, row.ExpiresAt, name);
        }, cancel);
    }
}
