namespace OpenShare.Simulation.Network.Observing;

/// <summary>Several observers as one.</summary>
internal sealed class ObserverGroup(INetworkObserver[] observers) : INetworkObserver
{
    public void Dialled(NetworkFlow flow)
    {
        foreach (var observer in observers)
            observer.Dialled(flow);
    }

    public void Connected(NetworkFlow flow)
    {
        foreach (var observer in observers)
            observer.Connected(flow);
    }

    public void Sent(NetworkFlow flow, ReadOnlySpan<byte> bytes)
    {
        foreach (var observer in observers)
            observer.Sent(flow, bytes);
    }

    public void Delivered(NetworkFlow flow, string to, int bytes)
    {
        foreach (var observer in observers)
            observer.Delivered(flow, to, bytes);
    }

    public void Dropped(NetworkFlow flow, string to, DropReason reason)
    {
        foreach (var observer in observers)
            observer.Dropped(flow, to, reason);
    }

    public void Broken(NetworkFlow flow, string reason)
    {
        foreach (var observer in observers)
            observer.Broken(flow, reason);
    }
}
