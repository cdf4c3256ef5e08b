namespace OpenShare.Protocol.Transfer;

/// <summary>
/// Streams move from one carrier to another between chunks: an old one serves until a new one takes its place, is then given no
/// more, and is closed once all on it is acknowledged. So nothing travels twice for it, and where the new ones never come the
/// old ones stay.
/// </summary>
public sealed partial class SenderMachine
{
    private readonly SortedDictionary<long, Carrier> _carriers = [];
    private Carrier _carrier;

    /// <summary>There are chunks to send or under way, and nobody has them wait: no person, no limit, and no other transfer's turn.</summary>
    public bool IsPushing => _linkUp && !IsOver && !IsPaused && !IsAsked && StalledThere is null && _goOnAt is null && !_waitsForTurn && (_ledger.HasPending || !_window.IsEmpty);

    /// <summary>Streams by the carrier that was chosen.</summary>
    private int Wanted => _carriers.Values.Count(c => c == _carrier);

    private void OnCarrierChosen(Carrier carrier)
    {
        if (carrier == _carrier)
            return;
        _carrier = carrier;
        if (_linkUp && !IsOver && !IsAsked)
            AskForStreams();
    }

    private void Retire()
    {
        var kept = _setup.Tuning.Streams - Wanted;
        var retired = _carriers.Where(c => c.Value != _carrier).Skip(kept).Select(c => c.Key).ToHashSet();
        foreach (var stream in retired.Where(_window.IsIdle).ToList())
        {
            _window.Remove(stream);
            _carriers.Remove(stream);
            retired.Remove(stream);
            Emit(new SenderEffect.CloseStream(stream));
        }
        _window.Retired = retired;
    }
}
