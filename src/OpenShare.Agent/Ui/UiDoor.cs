using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace OpenShare.Agent.Ui;

/// <summary>
/// Who may come in by the web UI's loopback port, which every user and every page of this machine can reach: whoever opens a link that
/// this agent gave to its owner. A link is good once and for two minutes, and is exchanged for a session, which a cookie carries.
/// </summary>
internal sealed class UiDoor(TimeProvider time)
{
    internal static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(2);
    internal static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(12);

    private const int SecretBytes = 32;
    private const int MostLinks = 8;
    private const int MostSessions = 16;

    private readonly Lock _lock = new();
    private ImmutableArray<Secret> _links = [];
    private ImmutableArray<Secret> _sessions = [];

    /// <returns>the key of a new link</returns>
    internal string NewLink()
    {
        lock (_lock)
            return Add(ref _links, LinkLifetime, MostLinks);
    }

    /// <summary>Exchanges a link's key, once.</summary>
    /// <returns>the session's secret; null: there is no such link, or not any more</returns>
    internal string? Open(string key)
    {
        lock (_lock)
        {
            if (Find(_links, key) is not { } link)
                return null;
            _links = _links.Remove(link);
            return Add(ref _sessions, SessionLifetime, MostSessions);
        }
    }

    internal bool IsOpenTo(string? session)
    {
        lock (_lock)
            return session is not null && Find(_sessions, session) is not null;
    }

    // The oldest give way. What is kept is a hash: who can read this process's memory in a dump finds no key in it.
    private string Add(ref ImmutableArray<Secret> secrets, TimeSpan lifetime, int most)
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = time.GetUtcNow();
        var alive = secrets.RemoveAll(s => s.EndsAt <= now);
        secrets = [.. alive.Skip(alive.Length - most + 1), new Secret(Hash(text), now + lifetime)];
        return text;
    }

    private Secret? Find(ImmutableArray<Secret> secrets, string text)
    {
        var (hash, now) = (Hash(text), time.GetUtcNow());
        return secrets.FirstOrDefault(s => s.EndsAt > now && CryptographicOperations.FixedTimeEquals(s.Hash, hash));
    }

    private static byte[] Hash(string text) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));

    private sealed record Secret(byte[] Hash, DateTimeOffset EndsAt);
}
