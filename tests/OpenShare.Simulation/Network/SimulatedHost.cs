using System.Diagnostics.CodeAnalysis;
using System.Net;
using OpenShare.Device.Discovery;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Network.Links;

namespace OpenShare.Simulation.Network;

/// <summary>A machine with one link to a segment and one process on it, and what may befall it.</summary>
public sealed class SimulatedHost
{
    private LinkConditions? _conditions;
    private HostProcess _process;
    private bool _isLinkUp = true;

    internal SimulatedHost(SimulatedSegment segment, string name, IPAddress address)
    {
        (Segment, Name, Address) = (segment, name, address);
        _process = new HostProcess(this);
    }

    public string Name { get; }

    public SimulatedSegment Segment { get; private set; }

    public IPAddress Address { get; private set; }

    /// <summary>Its own once they were set, until they are set to null; else its segment's.</summary>
    [AllowNull]
    public LinkConditions Conditions
    {
        get => _conditions ?? Segment.Conditions;
        set => _conditions = value;
    }

    public bool IsOn { get; private set; } = true;

    /// <summary>Switched on and with its link up.</summary>
    public bool IsUp => IsOn && _isLinkUp;

    /// <summary>The sockets of the process that runs now. After <see cref="Kill"/> or <see cref="PowerOff"/> they are dead, and this is the next one's.</summary>
    public ITransport Transport => _process;

    internal LinkClock Outward { get; } = new();

    internal LinkClock Inward { get; } = new();

    internal HostProcess Process => _process;

    internal SimulatedNetwork Network => Segment.Network;

    /// <summary>Bits of the partitions whose first set this host is in.</summary>
    internal ulong OneSide { get; set; }

    /// <summary>Bits of the partitions whose second set this host is in.</summary>
    internal ulong OtherSide { get; set; }

    /// <summary>A port of the process that runs now.</summary>
    public IDiscoveryPort OpenPort() => _process.OpenPort();

    public void LinkDown() => SetLink(up: false);

    public void LinkUp() => SetLink(up: true);

    /// <summary>The link is down for the last part of every period, until the answer is disposed.</summary>
    public IDisposable Flap(TimeSpan period, TimeSpan down) => new LinkFlapping(Network.Queue, this, period, down);

    /// <summary>Another address in the same segment. What listens does so there; old connections go silent.</summary>
    public void MoveTo(IPAddress address) => MoveTo(Segment, address);

    /// <exception cref="InvalidOperationException">another host has the address</exception>
    public void MoveTo(SimulatedSegment segment, IPAddress address)
    {
        if (segment.Find(address) is { } other && other != this)
            throw new InvalidOperationException($"{address} is {other.Name}'s in {segment.Name} already.");
        Segment.Remove(this);
        segment.Add(this, address);
        (Segment, Address) = (segment, address);
        _process.TellNetworkChange();
    }

    /// <summary>The process ends without a word of its own; its peers are told by resets. Another one may start at once.</summary>
    public void Kill()
    {
        if (!IsOn)
            return;
        _process.Die(reset: true);
        _process = new HostProcess(this);
    }

    /// <summary>The process and its connections vanish; nobody is told.</summary>
    public void PowerOff()
    {
        if (!IsOn)
            return;
        _process.Die(reset: false);
        IsOn = false;
        Outward.Clear();
        Inward.Clear();
    }

    public void PowerOn()
    {
        if (IsOn)
            return;
        IsOn = true;
        _process = new HostProcess(this);
    }

    /// <summary>Every connection it has is broken at both ends.</summary>
    public void ResetAll() => _process.ResetAll();

    private void SetLink(bool up)
    {
        if (_isLinkUp == up)
            return;
        _isLinkUp = up;
        _process.TellNetworkChange();
    }
}
