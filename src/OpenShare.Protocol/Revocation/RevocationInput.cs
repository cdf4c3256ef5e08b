using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>What the shell tells a revocation machine. Answers name the call they answer; a late one is ignored.</summary>
public abstract record RevocationInput
{
    private RevocationInput() { }

    /// <summary>A peer showed this list. Unverified.</summary>
    public sealed record Offered(Signed Blob) : RevocationInput;

    /// <summary>A person wants the newest list now.</summary>
    public sealed record RefreshAsked : RevocationInput;

    /// <summary>The device's idea of time runs no lower from now on.</summary>
    public sealed record FloorRaised(TimeFloor Floor) : RevocationInput;

    public sealed record TrustRootShown(int Call, ServiceShown Shown) : RevocationInput;

    public sealed record Answered(int Call, RevocationAnswer Answer) : RevocationInput;

    public sealed record CallFailed(int Call, ServiceFailure Failure) : RevocationInput;
}
