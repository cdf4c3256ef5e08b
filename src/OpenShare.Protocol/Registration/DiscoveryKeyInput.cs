using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Protocol.Registration;

/// <summary>What the shell tells a discovery key machine. Answers name the call they answer; a late one is ignored.</summary>
public abstract record DiscoveryKeyInput
{
    private DiscoveryKeyInput() { }

    /// <summary>Another revocation list is in force, or the one from disk: the key may have been made anew with it.</summary>
    public sealed record ListInForce(RevocationList List) : DiscoveryKeyInput;

    public sealed record TrustRootShown(int Call, ServiceShown Shown) : DiscoveryKeyInput;

    public sealed record Challenged(int Call, RegistrationMessages.Challenge Challenge) : DiscoveryKeyInput;

    /// <param name="Key">unverified</param>
    public sealed record Answered(int Call, DiscoveryKey Key) : DiscoveryKeyInput;

    public sealed record CallFailed(int Call, ServiceFailure Failure) : DiscoveryKeyInput;
}
