using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>Discovery on one interface by one medium.</summary>
internal sealed class MdnsLink(MdnsInterface network, DiscoveryMedium medium, IRandomSource random)
{
    private MdnsInterface _network = network;

    internal MdnsInterface Network
    {
        get => _network;
        set
        {
            _network = value;
            Responder.Network = value;
            Browser.Network = value;
        }
    }

    internal DiscoveryMedium Medium => medium;

    /// <summary>It listens, and answers whoever asks.</summary>
    internal bool IsResting { get; private set; }

    /// <summary>The ways there are on this interface.</summary>
    internal static IEnumerable<DiscoveryMedium> MediaOf(MdnsInterface network)
    {
        yield return DiscoveryMedium.Multicast;
        if (!network.IsLoopback && network.Addresses.Any(a => a.GetAddressBytes().Length == 4))
            yield return DiscoveryMedium.Broadcast;
    }

    internal Responder Responder { get; } = new(network, medium, random);

    internal Browser Browser { get; } = new(network, medium, random);

    internal Rung Rung { get; } = new();

    /// <summary>Since when others are looked for this way.</summary>
    internal DateTimeOffset SearchStarted { get; private set; }

    internal DateTimeOffset NextTimeout
    {
        get
        {
            var next = Responder.NextTimeout < Browser.NextTimeout ? Responder.NextTimeout : Browser.NextTimeout;
            return next < Rung.NextTimeout ? next : Rung.NextTimeout;
        }
    }

    /// <summary>Claims the names, announces and searches.</summary>
    internal void Start(DateTimeOffset now)
    {
        IsResting = false;
        Responder.Wake();
        Responder.Probe(now);
        Search(now);
        // On the loopback interface there are no other hosts.
        if (!_network.IsLoopback)
            Rung.Start(now);
    }

    /// <summary>Goes on after an interruption, with what was heard before.</summary>
    internal void Resume(DateTimeOffset now)
    {
        Start(now);
        Browser.AppearAnew(now);
    }

    /// <summary>Announces these addresses beside the interface's own: those of others in its network.</summary>
    internal void AnnounceWith(IEnumerable<IPAddress> others, DateTimeOffset now)
    {
        var announced = _network with { Addresses = [.. _network.Addresses.Union(others)] };
        if (announced == Responder.Network)
            return;
        Responder.Network = announced;
        Responder.AnnounceSoon(now);
    }

    /// <summary>From now on it listens, and answers whoever asks.</summary>
    internal void Rest()
    {
        IsResting = true;
        Responder.Rest();
        Browser.Rest();
        Rung.Rest();
    }

    /// <summary>Announces and searches as if just started, unless it rests.</summary>
    internal void StartOver(DateTimeOffset now)
    {
        if (IsResting)
            return;
        Responder.AnnounceSoon(now);
        Search(now);
        if (Rung.State == RungState.Nobody)
            Rung.Start(now);
    }

    /// <returns>true: its rung's state is another</returns>
    internal bool UpdateRung(DateTimeOffset now)
    {
        var before = Rung.State;
        if (!Rung.Update(Browser.HearsOthers, now))
            return false;
        // The last of the others is gone: a new search begins.
        if (before == RungState.Found)
            SearchStarted = now;
        return true;
    }

    private void Search(DateTimeOffset now)
    {
        SearchStarted = now;
        Browser.Search(now);
    }
}
