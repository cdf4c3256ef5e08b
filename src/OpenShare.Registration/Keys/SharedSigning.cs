namespace OpenShare.Registration.Keys;

/// <summary>
/// What is signed for many, and good for a while: a token or Vault signs slowly, and anybody may ask. Whoever comes first has it signed;
/// whoever comes meanwhile waits for that one and holds no thread, since Vault may take seconds.
/// </summary>
/// <typeparam name="TOf">what it depends on: with another, it is signed anew</typeparam>
internal sealed class SharedSigning<TOf, T>(TimeSpan goodFor, TimeProvider time) where TOf : IEquatable<TOf>
{
    private readonly Lock _lock = new();
    private Signing? _last;

    public Task<T> GetAsync(TOf of, Func<T> sign)
    {
        Task<T> mine;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_last is { } last && last.Of.Equals(of) && IsGood(last, now))
                return last.Result;
            mine = new Task<T>(sign, TaskCreationOptions.RunContinuationsAsynchronously);
            _last = new Signing(of, mine, now);
        }
        mine.RunSynchronously(TaskScheduler.Default);
        return mine;
    }

    // One that is under way is good however long it takes: another would queue behind it. After a clock set back it is signed anew.
    private bool IsGood(Signing last, DateTimeOffset now) =>
        !last.Result.IsCompleted || (last.Result.IsCompletedSuccessfully && now >= last.Began && now < last.Began + goodFor);

    private sealed record Signing(TOf Of, Task<T> Result, DateTimeOffset Began);
}
