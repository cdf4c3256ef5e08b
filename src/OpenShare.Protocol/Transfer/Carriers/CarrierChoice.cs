namespace OpenShare.Protocol.Transfer.Carriers;

/// <param name="Bytes">that the other side has acknowledged, over all</param>
/// <param name="IsPushing">there is something to send, and nobody has it wait</param>
/// <param name="IsHeldBack">TCP on this path loses packets, and is slower than the line for it</param>
/// <param name="ByQuic">streams that are open by QUIC</param>
public readonly record struct CarrierFacts(long Bytes, bool IsPushing, bool IsHeldBack, int ByQuic);

/// <summary>
/// What the streams of one transfer go over, on one link. TCP fills a clean line with the least work, and under loss where
/// the system has BBR for it. Where it has not, and the path loses packets, QUIC is tried, measured, and kept for as long
/// as it makes more than TCP did; a QUIC that does not come, or is no better, is let alone for a while.
/// </summary>
public sealed class CarrierChoice(CarrierRule rule, CarrierTuning tuning)
{
    private readonly Queue<long> _looks = new();
    private bool _isFixedByLink;
    private long? _bytes;
    private long _byTcp;
    private int _toSettle;
    private DateTimeOffset _triedAt;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private TimeSpan _pause = tuning.Pause;

    public Carrier Carrier { get; private set; } = rule == CarrierRule.Quic ? Carrier.Quic : Carrier.Tcp;

    /// <summary>False: it never changes, and need not be looked at.</summary>
    public bool IsOpen => !_isFixedByLink && rule is (CarrierRule.Measured or CarrierRule.Alternate);

    /// <summary>
    /// A link is new: its streams begin by TCP, and on one that is QUIC itself are by QUIC, as whoever dialled it can bring
    /// no others. What was learnt of the pauses stays.
    /// </summary>
    public void HandleLink(Carrier link)
    {
        _isFixedByLink = link == Carrier.Quic;
        Turn(_isFixedByLink || rule == CarrierRule.Quic ? Carrier.Quic : Carrier.Tcp);
        _bytes = null;
    }

    /// <summary>To be told once in every <see cref="CarrierTuning.LookEvery"/>.</summary>
    /// <returns>what streams are to go over now</returns>
    public Carrier Look(CarrierFacts facts, DateTimeOffset now)
    {
        if (!IsOpen)
            return Carrier;
        var made = facts.Bytes - (_bytes ?? facts.Bytes);
        var counts = _bytes is not null && facts.IsPushing;
        _bytes = facts.Bytes;
        switch (rule)
        {
            case CarrierRule.Alternate when made > 0 && (Carrier == Carrier.Tcp || facts.ByQuic > 0):
                Turn(Carrier == Carrier.Tcp ? Carrier.Quic : Carrier.Tcp);
                break;
            case CarrierRule.Measured when Carrier == Carrier.Tcp:
                LookAtTcp(facts, made, counts, now);
                break;
            case CarrierRule.Measured:
                LookAtQuic(facts, made, counts, now);
                break;
        }
        return Carrier;
    }

    private void LookAtTcp(CarrierFacts facts, long made, bool counts, DateTimeOffset now)
    {
        if (!facts.IsHeldBack)
            _looks.Clear();
        else if (counts && Measure(made) is { } measured && now >= _notBefore)
        {
            (_byTcp, _triedAt) = (measured, now);
            Turn(Carrier.Quic);
        }
    }

    private void LookAtQuic(CarrierFacts facts, long made, bool counts, DateTimeOffset now)
    {
        if (facts.ByQuic == 0)
        {
            if (now - _triedAt >= tuning.Patience)
                GoBack(now);
            return;
        }
        // Should they all go, they have as long again to come back.
        _triedAt = now;
        if (counts && _toSettle > 0)
            _toSettle--;
        else if (counts && Measure(made) is { } measured && measured * 100 < _byTcp * tuning.Gain)
            GoBack(now);
    }

    private void GoBack(DateTimeOffset now)
    {
        _notBefore = now + _pause;
        _pause = _pause * 2 < tuning.LongestPause ? _pause * 2 : tuning.LongestPause;
        Turn(Carrier.Tcp);
    }

    private void Turn(Carrier carrier)
    {
        Carrier = carrier;
        _toSettle = tuning.Settling;
        _looks.Clear();
    }

    /// <returns>bytes of the latest looks; null: they are too few yet</returns>
    private long? Measure(long made)
    {
        _looks.Enqueue(made);
        if (_looks.Count < tuning.Looks)
            return null;
        if (_looks.Count > tuning.Looks)
            _looks.Dequeue();
        return _looks.Sum();
    }
}
