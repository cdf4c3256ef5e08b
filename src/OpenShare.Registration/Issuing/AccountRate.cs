using System.Threading.RateLimiting;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Issuing;

/// <summary>Counts what devices ask for in the name of their account: one account's crowd keeps no other account waiting.</summary>
internal sealed class AccountRate(RateLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<AccountId> _limiter = limits.ForAccounts();

    /// <returns>null: there is room for one more</returns>
    public Refusal? Take(AccountId account)
    {
        using var lease = _limiter.AttemptAcquire(account);
        return lease.IsAcquired
            ? null
            : new Refusal(RegistrationProblems.TooManyRequests, $"Too many requests came from devices of the account {account.Value}. Try again in a moment.");
    }

    public void Dispose() => _limiter.Dispose();
}
