using OpenShare.Device.Channel;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Peers;

/// <summary>The streams of one session: none outlives the link, and there are only so many at once.</summary>
internal sealed class LinkStreams : IDisposable
{
    /// <summary>Streams that one request may ask for.</summary>
    internal const int MostAtOnce = 16;

    /// <summary>
    /// Streams that are open, are being ended or want to join: what 64 transfers at once want, and more with fewer each. Each may have two frames of its own
    /// in the receiver's memory, so it is this that bounds what a peer can have there.
    /// </summary>
    internal const int Most = 256;

    private readonly List<(TransferId Transfer, WeakReference<SecureStream> Stream)> _open = [];

    // One that joins from there has said nothing yet of its transfer.
    private readonly List<TransferId?> _joining = [];

    internal bool IsEmpty => All == 0;

    private int All
    {
        get
        {
            _open.RemoveAll(s => !s.Stream.TryGetTarget(out var stream) || stream.Ended.IsCompleted);
            return _open.Count + _joining.Count;
        }
    }

    /// <returns>true: a stream begins to join, until <see cref="Joined"/>. False: there are as many as there may be</returns>
    internal bool TryBegin(TransferId? transfer)
    {
        var all = All;
        // Of many transfers some are paused, or wait for their disk: where half is taken each has one, and those that come later have one too.
        if (all >= Most || (all >= Most / 2 && transfer is { } id && (_joining.Contains(id) || _open.Exists(s => s.Transfer == id))))
            return false;
        _joining.Add(transfer);
        return true;
    }

    /// <param name="begun">as it was begun</param>
    /// <param name="stream">null: nothing came of it</param>
    internal void Joined(TransferId? begun, TransferId transfer, SecureStream? stream)
    {
        _joining.Remove(begun);
        if (stream is not null)
            _open.Add((transfer, new WeakReference<SecureStream>(stream)));
    }

    /// <summary>Whoever has them has ended them all.</summary>
    internal async Task EndedAsync()
    {
        foreach (var ended in Open().Select(s => s.Ended).ToList())
            await ended.ConfigureAwait(false);
    }

    public void Dispose() => Open().ForEach(s => s.Dispose());

    private List<SecureStream> Open() => [.. _open.Select(s => s.Stream.TryGetTarget(out var stream) ? stream : null).OfType<SecureStream>()];
}
