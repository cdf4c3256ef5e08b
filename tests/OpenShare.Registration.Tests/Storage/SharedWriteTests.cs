using System.Diagnostics;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

/// <summary>Writes that share a transaction, and are stored or undone each by itself.</summary>
public class SharedWriteTests : IAsyncLifetime
{
    private static readonly ReadAhead Ahead = new(DeviceId.FromBytes(new byte[16]), AccountId.Parse("alice"));
    private static readonly Refusal No = new(RegistrationProblems.MalformedBody, "no");

    private TestService _service = null!;

    protected virtual bool OnPostgres => false;

    private Store Store => _service.Core.Store;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
    }

    [SkippableFact]
    public async Task What_is_refused_or_fails_is_undone_and_no_other_with_it()
    {
        var transactions = new HashSet<Guid>();

        var all = await TogetherAsync(200, async (number, db) =>
        {
            transactions.Add(db.Database.CurrentTransaction!.TransactionId);
            await db.CurrentAsync(CounterRow.DeviceNo, default);
            return (number % 3) switch
            {
                0 => Draw(number, db),
                1 => No,
                _ => throw new InvalidOperationException($"{number}"),
            };
        });

        Assert.InRange(transactions.Count, 1, 200 / 10);
        await AssertStoredAsync(all, number => number % 3 == 0);
        for (var number = 0; number < 200; number++)
        {
            if (number % 3 == 1)
                Assert.Equal(No, ((Outcome<long>.Refused)await all[number]).Refusal);
            else if (number % 3 == 2)
                Assert.Equal($"{number}", (await Assert.ThrowsAsync<InvalidOperationException>(() => all[number])).Message);
        }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_stored_is_undone_and_no_other_with_it(bool whenAllIsSaved)
    {
        var all = await TogetherAsync(200, (number, db) => Task.FromResult<Outcome<Decided<long>>>(number % 50 == 7 ? Fail(number, db) : Draw(number, db)));

        await AssertStoredAsync(all, number => number % 50 != 7);
        for (var number = 7; number < 200; number += 50)
            await Assert.ThrowsAnyAsync<Exception>(() => all[number]);

        Decided<long> Fail(int number, RegistrationDb db) => new(async () =>
        {
            var drawn = await Draw(number, db).DoAsync();
            if (!whenAllIsSaved)
                throw new InvalidOperationException($"{number}");
            db.TokenUses.Add(new TokenUseRow { SecretHash = [1], DeviceNo = drawn, UsedAt = default });
            return drawn;
        });
    }

    [SkippableFact]
    public async Task What_takes_long_is_spread_over_several_transactions()
    {
        var transactions = new HashSet<Guid>();
        var all = await TogetherAsync(20, (number, db) => Task.FromResult<Outcome<Decided<long>>>(new Decided<long>(async () =>
        {
            transactions.Add(db.Database.CurrentTransaction!.TransactionId);
            // As a key far away takes to sign.
            var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 5;
            while (Stopwatch.GetTimestamp() < until)
                await Task.Yield();
            return await Draw(number, db).DoAsync();
        })));

        await AssertStoredAsync(all, _ => true);
        Assert.InRange(transactions.Count, 3, 10);
    }

    [SkippableFact]
    public async Task Whoever_has_hung_up_is_left_out_and_the_others_are_stored()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        var all = await TogetherAsync(20, (number, db) => Task.FromResult<Outcome<Decided<long>>>(Draw(number, db)), number => number == 3 ? gone.Token : default);

        await Assert.ThrowsAsync<OperationCanceledException>(() => all[3]);
        await AssertStoredAsync(all, number => number != 3);
    }

    [SkippableFact]
    public async Task Nobody_is_told_that_it_is_stored_before_it_is()
    {
        // Each looks as soon as it is told, while the others are still being stored.
        var all = await TogetherAsync(200, async _ =>
        {
            var drawn = ((Outcome<long>.Done)await Store.WriteTogetherAsync<long>(Ahead, db => Task.FromResult<Outcome<Decided<long>>>(Draw(0, db)), default)).Value;
            return (Drawn: drawn, Stored: await Store.ReadAsync(db => db.CurrentAsync(CounterRow.DeviceNo, default)));
        });

        Assert.All(await Task.WhenAll(all), one => Assert.True(one.Stored >= one.Drawn, $"{one}"));
        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), (await Task.WhenAll(all)).Select(one => one.Drawn).Order());
    }

    /// <summary>All of them come while another write has its turn.</summary>
    private Task<Task<Outcome<long>>[]> TogetherAsync(
        int count, Func<int, RegistrationDb, Task<Outcome<Decided<long>>>> decide, Func<int, CancellationToken>? cancel = null) =>
        TogetherAsync(count, number => Store.WriteTogetherAsync(Ahead, db => decide(number, db), cancel?.Invoke(number) ?? default));

    private static Decided<long> Draw(int number, RegistrationDb db) => new(async () =>
    {
        var drawn = await db.NextAsync(CounterRow.DeviceNo, default);
        db.Secrets.Add(new SecretRow { Name = $"of-{number}-{drawn}", Value = BitConverter.GetBytes((long)number) });
        return drawn;
    });

    /// <summary>Each of these has drawn a number of its own and stored it once, and nobody else has; there is no gap.</summary>
    private async Task AssertStoredAsync(Task<Outcome<long>>[] all, Func<int, bool> isStored)
    {
        var drawn = new SortedDictionary<long, long>();
        for (var number = 0; number < all.Length; number++)
        {
            if (isStored(number))
                drawn.Add(((Outcome<long>.Done)await all[number]).Value, number);
        }
        Assert.Equal(Enumerable.Range(1, drawn.Count).Select(n => (long)n), drawn.Keys);
        Assert.Equal(drawn.Count, await Store.ReadAsync(db => db.CurrentAsync(CounterRow.DeviceNo, default)));
        var stored = await Store.ReadAsync(db => Task.FromResult(db.Secrets.Where(s => s.Name.StartsWith("of-")).ToList()));
        Assert.Equal(drawn.Select(d => $"of-{d.Value}-{d.Key}").Order(), stored.Select(s => s.Name).Order());
    }

    private async Task<Task<T>[]> TogetherAsync<T>(int count, Func<int, Task<T>> begin)
    {
        var (has, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var before = Store.WriteAsync<bool>(async _ =>
        {
            has.SetResult();
            await gate.Task;
            return true;
        }, default);
        await has.Task;
        var all = Enumerable.Range(0, count).Select(begin).ToArray();
        gate.SetResult();
        await before;
        await Task.WhenAll(all).ContinueWith(_ => { }, TaskScheduler.Default);
        return all;
    }
}
