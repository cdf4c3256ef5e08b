using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Pairing;

/// <summary>A new device at the sponsor's, as far as it has come.</summary>
internal sealed record SponsorVisit(DeviceCertificate Introduction, SessionId Session)
{
    internal SponsorStep Step { get; init; } = SponsorStep.Opened;

    /// <inheritdoc cref="SponsorInput.Opened.Offered"/>
    internal PairingNonce? Offered { get; init; }

    /// <summary>From its greeting on.</summary>
    internal PairingToken? Token { get; init; }

    internal ReadOnlyMemory<byte> Commitment { get; init; }

    /// <summary>The sponsor's own, for the short code.</summary>
    internal ReadOnlyMemory<byte> Number { get; init; }

    /// <summary>The sponsor's person has said that both screens show the same.</summary>
    internal bool IsCompared { get; init; }

    /// <summary>From the moment on in which its nonce is being spent.</summary>
    internal DeviceCertificate? Provisional { get; init; }
}

/// <summary>What was heard of it last.</summary>
internal enum SponsorStep
{
    Opened,
    Greeted,
    Revealed,
    Asked,
    Spending,
}
