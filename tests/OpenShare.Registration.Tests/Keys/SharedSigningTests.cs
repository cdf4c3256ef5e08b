using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Hosting.Health;
using OpenShare.Registration.Keys;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>Keys that take their time to sign, as Vault does when it hangs.</summary>
public sealed class SharedSigningTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2031, 3, 14, 9, 26, 53, TimeSpan.Zero));
    private readonly SlowKeys _keys = new();
    private readonly OrganisationTrust _trust;

    public SharedSigningTests()
    {
        _trust = new OrganisationTrust(_keys, _time);
        var now = _time.GetUtcNow();
        _trust.Set(TrustChain.Of(TrustRoot.Create(
            _keys.Of(TrustKey.Types.Role.Root), _keys.Of(TrustKey.Types.Role.Issuing).PublicKey, _keys.Of(TrustKey.Types.Role.Crl).PublicKey, now, now.AddYears(1))));
    }

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task While_a_key_hangs_one_looks_whether_it_signs_and_all_others_wait_without_a_thread()
    {
        var health = new SigningHealth(_trust, _time);
        Assert.All(await AskAsync(200, () => health.CheckHealthAsync(new HealthCheckContext())), r => Assert.Equal(HealthStatus.Healthy, r.Status));
        Assert.Equal(2, _keys.Signed);

        // It is good for a while, and is looked at again.
        await health.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(2, _keys.Signed);
        _time.Advance(TimeSpan.FromSeconds(2));
        await health.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(4, _keys.Signed);
    }

    [Fact]
    public async Task Nobody_waits_for_a_look_longer_than_he_wants_to()
    {
        var health = new SigningHealth(_trust, _time);
        var first = await BeginAsync(() => health.CheckHealthAsync(new HealthCheckContext()));
        await Assert.ThrowsAsync<TaskCanceledException>(() => health.CheckHealthAsync(new HealthCheckContext(), new CancellationToken(canceled: true)));
        _keys.Release();
        Assert.Equal(HealthStatus.Healthy, (await first.WaitAsync(Soon)).Status);
    }

    [Fact]
    public async Task While_a_key_hangs_the_trust_root_is_signed_for_once_and_a_failure_is_nobodys_but_theirs_who_waited()
    {
        var endpoint = new TrustRootEndpoint(_trust, _ => new byte[32], _time);
        Assert.Single((await AskAsync(200, () => endpoint.AnswerAsync(new DefaultHttpContext()))).Select(r => r.TlsEndpoint).Distinct());
        Assert.Equal(1, _keys.Signed);

        _time.Advance(TimeSpan.FromMinutes(1));
        _keys.AreAway = true;
        await Assert.ThrowsAsync<UserError>(() => endpoint.AnswerAsync(new DefaultHttpContext()));
        _keys.AreAway = false;
        await endpoint.AnswerAsync(new DefaultHttpContext());
        Assert.Equal(2, _keys.Signed);
    }

    // One after another: they would hang with the first that blocks.
    private async Task<T[]> AskAsync<T>(int times, Func<Task<T>> ask)
    {
        var first = await BeginAsync(ask);
        var others = await Task.Run(() => Enumerable.Range(0, times).Select(_ => ask()).ToList()).WaitAsync(Soon);
        Assert.All(others, o => Assert.False(o.IsCompleted));
        _keys.Release();
        return await Task.WhenAll([first, .. others]).WaitAsync(Soon);
    }

    private async Task<Task<T>> BeginAsync<T>(Func<Task<T>> ask)
    {
        var asked = Task.Run(ask);
        await _keys.Asked.WaitAsync(Soon);
        return asked;
    }

    private sealed class SlowKeys : ISigningKeyStore
    {
        private readonly IReadOnlyList<RoleKey> _keys = RoleKey.CreateSet(new SystemRandom());
        private readonly ManualResetEventSlim _released = new();
        private readonly TaskCompletionSource _asked = new();
        private int _signed;

        /// <summary>Until a signature was asked for.</summary>
        public Task Asked => _asked.Task;

        public int Signed => _signed;

        public bool AreAway { get; set; }

        public string Place => "memory";

        public bool HoldsKeys => true;

        public void Release() => _released.Set();

        public ISigner Of(TrustKey.Types.Role role) => _keys.Single(k => k.Role == role).Key;

        public IReadOnlyList<ISigner> Signers(TrustKey.Types.Role role) => [new RemoteSigner(Of(role).PublicKey, Place, data =>
        {
            if (AreAway)
                throw new UserError("They are away.");
            _asked.TrySetResult();
            _released.Wait(Soon);
            Interlocked.Increment(ref _signed);
            return Of(role).Sign(data);
        })];

        public void CreateKeys(IRandomSource random) => throw new NotSupportedException();

        public ISigner Add(TrustKey.Types.Role role, IRandomSource random) => throw new NotSupportedException();

        public void Remove(TrustKey.Types.Role role, PublicKey key, IReadOnlyCollection<PublicKey> needed, IRandomSource random) => throw new NotSupportedException();

        public void Dispose()
        {
            foreach (var key in _keys)
                key.Key.Dispose();
            _released.Dispose();
        }
    }
}
