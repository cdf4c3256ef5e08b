using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>What a discovery key machine asks its shell to do, in this order. A call replaces the one before.</summary>
public abstract record DiscoveryKeyEffect
{
    private DiscoveryKeyEffect() { }

    public sealed record FetchTrustRoot(int Call, ServiceContact Contact) : DiscoveryKeyEffect;

    public sealed record AskChallenge(int Call, ServiceContact Contact) : DiscoveryKeyEffect;

    public sealed record Ask(int Call, ServiceContact Contact, RegistrationMessages.DiscoveryKeyRequest Request) : DiscoveryKeyEffect;

    /// <summary>The service showed other trust roots than are held: whoever keeps them judges.</summary>
    public sealed record OfferTrustRoot(IReadOnlyList<TrustRootLink> Links) : DiscoveryKeyEffect;

    /// <summary>The service gave this key: whoever keeps them judges.</summary>
    public sealed record Offer(DiscoveryKey Key) : DiscoveryKeyEffect;
}
