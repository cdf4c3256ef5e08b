using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>What the shell tells a registration machine. Answers name the call they answer; a late one is ignored.</summary>
public abstract record RegistrationInput
{
    private RegistrationInput() { }

    /// <summary>The plan is on disk.</summary>
    public sealed record PlanStored : RegistrationInput;

    /// <summary>The plan or the certificate could not be stored, and why.</summary>
    public sealed record NotStored(string Detail) : RegistrationInput;

    /// <summary>The certificate is on disk.</summary>
    public sealed record RegistrationStored : RegistrationInput;

    /// <summary>Another device of the account gave this one a provisional certificate, which was verified.</summary>
    public sealed record Paired(HeldRegistration Held) : RegistrationInput;

    /// <summary>Something that a key of the organisation signed at that time was verified.</summary>
    public sealed record TimeVerified(DateTimeOffset IssuedAt) : RegistrationInput;

    /// <summary>A peer or the service showed trust roots that may be newer. Unverified.</summary>
    public sealed record TrustRootOffered(IReadOnlyList<TrustRootLink> Links) : RegistrationInput;

    /// <summary>A peer or the service showed a discovery key that may be newer. Unverified.</summary>
    public sealed record DiscoveryKeyOffered(DiscoveryKey Key) : RegistrationInput;

    public sealed record TrustRootShown(int Call, ServiceShown Shown) : RegistrationInput;

    public sealed record Challenged(int Call, RegistrationMessages.Challenge Challenge) : RegistrationInput;

    /// <summary>A registration or a renewal was answered with a certificate.</summary>
    public sealed record Issued(int Call, RegistrationMessages.RegisterResponse Answer) : RegistrationInput;

    public sealed record CallFailed(int Call, ServiceFailure Failure) : RegistrationInput;
}
