using OpenShare.Device.Channel;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Peers;

/// <summary>The streams of one session: no stream id twice, not too many, and none outlives the link.</summary>
internal sealed class LinkStreams : IDisposable
{
    /// <summary>Stream ids accepted over a session's life: the sets below stay small, and a new session is one reconnect away.</summary>
    internal const int MostInSession = 65_536;

    /// <summary>Streams that one request may ask for.</summary>
    internal const int MostAtOnce = 16;

    private readonly HashSet<uint> _seen = [];
    private readonly List<WeakReference<SecureStream>> _open = [];

    /// <exception cref="ProtocolException">that id was used, or there were too many</exception>
    internal void Claim(uint streamId)
    {
        if (_seen.Count >= MostInSession)
            throw new ProtocolException("Too many streams joined this session.");
        if (streamId == 0 || !_seen.Add(streamId))
            throw new ProtocolException($"Stream {streamId} joined this session before.");
    }

    internal void Add(SecureStream stream)
    {
        _open.RemoveAll(s => !s.TryGetTarget(out _));
        _open.Add(new WeakReference<SecureStream>(stream));
    }

    public void Dispose()
    {
        foreach (var reference in _open)
        {
            if (reference.TryGetTarget(out var stream))
                stream.Dispose();
        }
        _open.Clear();
    }
}
