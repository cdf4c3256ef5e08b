using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>Multicast DNS on one interface.</summary>
internal sealed class MdnsLink(MdnsInterface network, IRandomSource random)
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

    internal Responder Responder { get; } = new(network, random);

    internal Browser Browser { get; } = new(network, random);

    internal void StartOver(DateTimeOffset now)
    {
        Responder.AnnounceSoon(now);
        Browser.Search(now);
    }
}
