using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// What was heard on one interface so far, from several sockets. Packets of this host do not count, whichever of its interfaces they
/// left by: two may be in one network.
/// </summary>
/// <param name="own">this host's addresses</param>
internal sealed class Hearing(HostInterface network, IReadOnlySet<IPAddress> own)
{
    // Anybody may send from addresses without end.
    private const int MostHosts = 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<IPAddress> _answeredAlone = [], _answeredAll = [], _heard = [], _heardDevices = [], _answeredBroadcast = [];
    private SendOutcome _multicast, _broadcast;
    private bool _isOwnHeard;

    /// <summary>That a socket is open is no sending yet; that it cannot be is the end of it.</summary>
    internal void OpenedMulticast(SendOutcome outcome)
    {
        if (outcome.Sending != Sending.Sent)
            SentMulticast(outcome);
    }

    internal void SentMulticast(SendOutcome outcome) => Set(ref _multicast, outcome);

    internal void SentBroadcast(SendOutcome outcome) => Set(ref _broadcast, outcome);

    internal void AnsweredAlone(IPAddress from) => Add(from, _answeredAlone);

    /// <summary>The number of the interface that a packet came in on says nothing of where it comes from.</summary>
    internal static IPAddress WithoutScope(IPAddress address) => new(address.GetAddressBytes());

    internal void AnsweredBroadcast(IPAddress from)
    {
        lock (_lock)
            _isOwnHeard |= IsOwn(from);
        Add(from, _answeredBroadcast);
    }

    internal void HeardMulticast(IPAddress from, HelperAnswer answer)
    {
        Add(from, _heard);
        if (answer.IsOfDevice)
            Add(from, _heardDevices);
        if (answer.IsAsked)
            Add(from, _answeredAll);
    }

    internal InterfaceFacts Facts()
    {
        lock (_lock)
        {
            return new InterfaceFacts(network.Name, network.Kind, network.Addresses)
            {
                Multicast = new MulticastFacts(_multicast.Sending, [.. _answeredAlone], [.. _answeredAll], [.. _heard], [.. _heardDevices]) { Trouble = _multicast.Trouble },
                Broadcast = new BroadcastFacts(_broadcast.Sending, [.. _answeredBroadcast], _isOwnHeard),
            };
        }
    }

    // One address family that gets out is enough to be found. A port that is taken is said in any case: it mends itself for neither.
    private void Set(ref SendOutcome kept, SendOutcome outcome)
    {
        lock (_lock)
            kept = Rank(outcome.Sending) > Rank(kept.Sending) ? outcome : kept;
    }

    private static int Rank(Sending outcome) => outcome switch
    {
        Sending.NotTried => 0,
        Sending.Failed => 1,
        Sending.Forbidden => 2,
        Sending.Sent => 3,
        _ => 4,
    };

    private bool IsOwn(IPAddress address) => own.Contains(WithoutScope(address));

    private void Add(IPAddress from, HashSet<IPAddress> to)
    {
        lock (_lock)
        {
            if (to.Count < MostHosts && !IsOwn(from))
                to.Add(from);
        }
    }
}
