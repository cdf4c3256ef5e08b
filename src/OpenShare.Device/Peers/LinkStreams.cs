using OpenShare.Device.Channel;

namespace OpenShare.Device.Peers;

/// <summary>The streams of one session: none outlives the link, and there are only so many at once.</summary>
internal sealed class LinkStreams : IDisposable
{
    /// <summary>Streams that one request may ask for.</summary>
    internal const int MostAtOnce = 16;

    /// <summary>
    /// Streams that are open, are being ended or want to join: what 64 transfers at once want. Each may have two frames of its own
    /// in the receiver's memory, so it is this that bounds what a peer can have there.
    /// </summary>
    internal const int Most = 256;

    private readonly List<WeakReference<SecureStream>> _open = [];
    private int _joining;

    /// <returns>true: a stream begins to join, until <see cref="Joined"/>. False: there are as many as there may be</returns>
    internal bool TryBegin()
    {
        _open.RemoveAll(s => !s.TryGetTarget(out var stream) || stream.Ended.IsCompleted);
        if (_open.Count + _joining >= Most)
            return false;
        _joining++;
        return true;
    }

    /// <param name="stream">null: nothing came of it</param>
    internal void Joined(SecureStream? stream)
    {
        _joining--;
        if (stream is not null)
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
