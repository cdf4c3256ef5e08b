using OpenShare.Protocol.Transfer.Carriers;
using static OpenShare.Protocol.Transfer.Deadlines;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// Streams move from one carrier to another between chunks: an old one serves until a new one takes its place, is then given no
/// more, and is closed once all on it is acknowledged. So nothing travels twice for it, and where the new ones never come the
/// old ones stay. Only what an old one got no answer to for a while, as its line is dead, travels again on another.
/// </summary>
public sealed partial class SenderMachine
{
    private readonly SortedDictionary<long, Carrier> _carriers = [];
    private readonly SortedDictionary<long, (int Left, DateTimeOffset Since)> _retired = [];
    private Carrier _carrier;

    /// <summary>There are chunks to send or under way, and nobody has them wait: no person, no limit, and no other transfer's turn.</summary>
    public bool IsPushing => _linkUp && !IsOver && !IsPaused && !IsAsked && StalledThere is null && _goOnAt is null && (_ledger.HasPending || !_window.IsEmpty);

    /// <summary>Streams by the carrier that was chosen.</summary>
    private int Wanted => _carriers.Values.Count(c => c == _carrier);

    // With a receipt there is nothing left to be acknowledged.
    private DateTimeOffset? RetiredDue => _receipt is null && _retired.Count > 0 ? _retired.Values.Min(r => r.Since) + _setup.Tuning.RetiredPatience : null;

    private void OnCarrierChosen(Carrier carrier)
    {
        if (carrier == _carrier)
            return;
        _carrier = carrier;
        if (_linkUp && !IsOver && !WantsNoStreams)
            AskForStreams();
    }

    private void Retire()
    {
        var kept = _setup.Tuning.Streams - Wanted;
        var retired = _carriers.Where(c => c.Value != _carrier).Skip(kept).Select(c => c.Key).ToHashSet();
        foreach (var stream in _retired.Keys.Where(s => !retired.Contains(s)).ToList())
            _retired.Remove(stream);
        foreach (var stream in retired.Where(s => !Waits(s)).ToList())
        {
            _ledger.Requeue(Manifest!, _window.Remove(stream) ?? []);
            _carriers.Remove(stream);
            _retired.Remove(stream);
            retired.Remove(stream);
            Emit(new SenderEffect.CloseStream(stream));
        }
        _window.Retired = retired;
    }

    /// <returns>false: nothing is under way on it any more, or nothing of that was acknowledged for too long</returns>
    private bool Waits(long stream)
    {
        var left = _window.UnderWay(stream);
        // While somebody has it wait, what is not acknowledged says nothing of the line.
        if (IsPaused || StalledThere is not null || !_retired.TryGetValue(stream, out var before) || before.Left != left)
            _retired[stream] = before = (left, _now);
        return left > 0 && _now - before.Since < _setup.Tuning.RetiredPatience;
    }

    private void OnStreamUp(long stream, Carrier carrier)
    {
        if (!_linkUp || IsOver || carrier == _carrier && Wanted == _setup.Tuning.Streams)
        {
            // Nobody has a use for it: it would stay open for as long as the link.
            Emit(new SenderEffect.CloseStream(stream));
            return;
        }
        _window.Add(stream);
        _carriers[stream] = carrier;
        if (Wanted == _setup.Tuning.Streams)
            _reopenAt = null;
    }

    private void OnStreamDown(long stream)
    {
        _carriers.Remove(stream);
        if (_window.Remove(stream) is not { } lost || IsOver)
            return;
        _ledger.Requeue(Manifest!, lost);
        if (!WantsNoStreams)
            _reopenAt = Earlier(_reopenAt, _now + _setup.Tuning.StreamRetry);
    }

    // With a receipt there is nothing left to be acknowledged.
    private DateTimeOffset? SilentDue => IsHeldUp || _receipt is not null ? null : _window.AllSilentAt;

    // Nobody there has a use for them, and where they are not taken they end at once.
    private bool WantsNoStreams => IsAsked || StalledThere is not null;

    private bool IsHeldUp => IsPaused || WantsNoStreams;

    // What is on them travels on others: Streams x Window frames at most. If it gets through here after all, it is dropped there.
    private void GiveUp(List<long> silent)
    {
        foreach (var stream in silent)
        {
            Emit(new SenderEffect.CloseStream(stream, IsSilent: true));
            OnStreamDown(stream);
        }
    }

    private void AskForStreams()
    {
        var count = _setup.Tuning.Streams - Wanted;
        _reopenAt = count > 0 ? _now + _setup.Tuning.StreamPatience : null;
        if (count > 0)
            Emit(new SenderEffect.OpenStreams(count, _carrier));
    }
}
