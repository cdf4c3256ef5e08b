using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Registration.Http;

/// <summary>
/// How much one address, and one account, may ask: a burst at once, then so many requests a second. A whole office may share an address;
/// when a device is revoked, all others of its account ask for the new discovery key.
/// </summary>
internal sealed record RateLimits(int WritesPerSecond = 20, int ReadsPerSecond = 200, int AccountPerSecond = 50)
{
    public int WriteBurst { get; init; } = 20 * WritesPerSecond;

    public int ReadBurst { get; init; } = 10 * ReadsPerSecond;

    public int AccountBurst { get; init; } = 20 * AccountPerSecond;

    /// <summary>For what costs a signature or a transaction.</summary>
    public const string Writes = "writes";

    /// <summary>For what is answered from memory.</summary>
    public const string Reads = "reads";

    public void Configure(RateLimiterOptions options)
    {
        options.AddPolicy(Writes, http => PerAddress(http, WriteBurst, WritesPerSecond));
        options.AddPolicy(Reads, http => PerAddress(http, ReadBurst, ReadsPerSecond));
        // Nothing else limits what no policy is for.
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            Unanswered.Is(http) ? PerAddress(http, WriteBurst, WritesPerSecond) : RateLimitPartition.GetNoLimiter(""));
        options.OnRejected = async (rejected, _) =>
        {
            await Problems.Of(new Refusal(RegistrationProblems.TooManyRequests, "Too many requests came from your address. Try again in a moment."))
                .ExecuteAsync(rejected.HttpContext);
        };
    }

    /// <summary>By account: for what was proven to be asked in its name, so that nobody else uses up what is its.</summary>
    public PartitionedRateLimiter<AccountId> ForAccounts() =>
        PartitionedRateLimiter.Create<AccountId, string>(account => Partition(account.Value, AccountBurst, AccountPerSecond));

    private static RateLimitPartition<string> PerAddress(HttpContext http, int burst, int perSecond) =>
        Partition(ClientNetwork.Of(http.Connection.RemoteIpAddress), burst, perSecond);

    private static RateLimitPartition<string> Partition(string key, int burst, int perSecond) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
}
