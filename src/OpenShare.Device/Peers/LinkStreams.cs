using OpenShare.Device.Channel;

namespace OpenShare.Device.Peers;

/// <summary>The streams of one session: none outlives the link.</summary>
internal sealed class LinkStreams : IDisposable
{
    /// <summary>Streams that one request may ask for.</summary>
    internal const int MostAtOnce = 16;

    private readonly List<WeakReference<SecureStream>> _open = [];

    internal void Add(SecureStream stream)
    {
        _open.RemoveAll(s => !s.TryGetTarget(out _));
        _open.Add(new WeakReference<SecureStream>(stream));
    }

    /// <summary>Whoever has them has ended them all.</summary>
    internal async Task EndedAsync()
    {
        foreach (var ended in Open().Select(s => s.Ended).ToList())
            await ended.ConfigureAwait(false);
    }

    public void Dispose() => Open().ForEach(s => s.Dispose());

    private List<SecureStream> Open() => [.. _open.Select(s => s.TryGetTarget(out var stream) ? stream : null).OfType<SecureStream>()];
}
