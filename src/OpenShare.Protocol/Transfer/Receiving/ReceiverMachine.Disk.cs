using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>
/// A disk that is full: what arrived waits in front of it, and with it all that would come after, until it can be written. It is
/// tried again and again; nothing travels twice for it, and the sender is told what it waits for.
/// </summary>
public sealed partial class ReceiverMachine
{
    private TimeSpan _diskPause;
    private DateTimeOffset? _diskRetryAt;

    /// <summary>Why nothing can be written now, for a person; null: it can.</summary>
    public string? Stalled { get; private set; }

    private void OnDiskFull(string reason)
    {
        // Of several that were tried at once each may say so.
        if (IsOver || State == ReceiverState.Delivering || _diskRetryAt is not null)
            return;
        var isNews = Stalled is null;
        _diskPause = isNews ? _setup.Tuning.DiskRetry : Shorter(_diskPause * 2, _setup.Tuning.LongestDiskRetry);
        _diskRetryAt = _now + _diskPause;
        Stalled = Printable.Shorten(reason);
        if (isNews)
            SayStalled();
    }

    private void RetryDisk()
    {
        _diskRetryAt = null;
        Emit(new ReceiverEffect.RetryDisk());
    }

    /// <summary>Something was written, or nothing waited any more.</summary>
    /// <param name="isSure">else it may have been before the disk was found full: what waits since then is tried again all the same</param>
    private void OnDiskFreed(bool isSure)
    {
        if (Stalled is null || (_diskRetryAt is not null && !isSure))
            return;
        EndStall();
        SayStalled();
    }

    private void EndStall() => (Stalled, _diskRetryAt) = (null, null);

    private void SayStalled() => Send(TransferMessages.Stalled(_setup.Transfer, Stalled));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
