using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tokens;

/// <summary>Makes registration tokens, each for one account, for so many devices, for a limited time; knows which can be used, and takes them back.</summary>
internal sealed class TokenIssuer(Store store, OrganisationTrust trust, AuditLog audit, IRandomSource random, TimeProvider time)
{
    public const int MaxUses = 10_000;
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(366);

    /// <summary>Characters of the hash that a token is named by; fewer are taken where they fit one alone.</summary>
    private const int IdLength = 16;
    private const int ShortestId = 6;

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

    /// <summary>Those that can be used, the next to end first.</summary>
    public Task<AdministrationMessages.TokenList> ListAsync(AccountId? account, CancellationToken cancel) => store.ReadAsync(async db =>
    {
        var (now, name) = (time.GetUtcNow(), account?.Value);
        var rows = await Usable(db, now).Where(t => name == null || t.Account == name).OrderBy(t => t.ExpiresAt).ToListAsync(cancel);
        return new AdministrationMessages.TokenList([.. rows.Select(t => new AdministrationMessages.Token(Id(t.SecretHash), t.Account, t.UsesLeft, t.ExpiresAt, t.Name))]);
    });

    /// <summary>No other device registers with it. One that has done so, and asks again since its answer was lost, is given it again.</summary>
    /// <param name="which">the start of its hash, or its name</param>
    public Task<Outcome<AdministrationMessages.TokenRevoked>> RevokeAsync(string which, Caller by, CancellationToken cancel) =>
        store.WriteAsync<AdministrationMessages.TokenRevoked>(async db =>
        {
            var usable = await Usable(db, time.GetUtcNow()).Select(t => new { t.SecretHash, t.Name }).ToListAsync(cancel);
            // A hash means its token, whatever another one is named.
            var found = which.Length < ShortestId ? [] : usable.FindAll(t => Convert.ToHexString(t.SecretHash).StartsWith(which, StringComparison.OrdinalIgnoreCase));
            if (found.Count == 0)
                found = usable.FindAll(t => t.Name == which);
            if (found.Count != 1)
            {
                return new Refusal(RegistrationProblems.TokenUnknown, found.Count == 0
                    ? $"No token that can be used has the id or name '{Printable.Shorten(which, 80)}'. `openshare-server token list` shows all."
                    : $"'{Printable.Shorten(which, 80)}' fits several tokens: {string.Join(", ", found.Take(20).Select(t => Id(t.SecretHash)))}. Name one by its id.");
            }
            var row = (await db.Tokens.FindAsync([found[0].SecretHash], cancel))!;
            var id = Id(row.SecretHash);
            await audit.AddAsync(db, new AuditAct.TokenRevoked(row.Account, id, row.UsesLeft, row.Name), by, cancel);
            row.UsesLeft = 0;
            return new AdministrationMessages.TokenRevoked(id, row.Account, row.Name);
        }, cancel);

    private static IQueryable<TokenRow> Usable(RegistrationDb db, DateTimeOffset now) => db.Tokens.Where(t => t.UsesLeft > 0 && t.ExpiresAt > now);

    private static string Id(byte[] secretHash) => Convert.ToHexStringLower(secretHash)[..IdLength];
}
