namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>
/// How often a device connects to another because that asks for it: one at a time, and once in two seconds. It is made for
/// each peer, and the address is always the peer's own: nobody can be made to knock at a third.
/// </summary>
public sealed class DialBackGate
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>So long a dial may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private bool _isBusy;

    /// <returns>false: too soon</returns>
    public bool TryBegin(DateTimeOffset now)
    {
        if (_isBusy || now < _next)
            return false;
        (_isBusy, _next) = (true, now + Pause);
        return true;
    }

    public void End() => _isBusy = false;
}
