namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare pair show --json</c> prints: what another device needs to pair this one.</summary>
/// <param name="Code">24 letters and digits in groups of four</param>
/// <param name="PublicKeyFingerprint">32 hex digits</param>
public sealed record PairingCodeDocument(string Code, string PublicKeyFingerprint)
{
    /// <summary>The path of the code as a QR, in PNG.</summary>
    public string? Qr { get; init; }
}

/// <param name="Code">the new device's</param>
/// <param name="Scope">with whom it may speak: account or sponsor</param>
public sealed record InviteRequest(string Code, string Scope = "account");

/// <summary>What <c>openshare pair invite --json</c> prints.</summary>
/// <param name="Token">osp1_ and base64url</param>
/// <param name="SponsorFingerprint">of this device's key, 32 hex digits: what the new device's person compares</param>
public sealed record InvitationDocument(string Token, string SponsorFingerprint, DateTimeOffset ExpiresAt, string Scope)
{
    /// <summary>The path of the token as a QR, in PNG.</summary>
    public string? Qr { get; init; }
}

/// <param name="Fingerprint">of the sponsor's key, where a person has compared it</param>
/// <param name="Name">that the new device is to have</param>
public sealed record JoinRequest(string Token, string? Fingerprint = null, string? Name = null);

/// <summary>Who made a token, as it says itself. Nothing of it is believed yet.</summary>
public sealed record TokenDocument(string SponsorName, string SponsorFingerprint, DateTimeOffset ExpiresAt);

/// <summary>What <c>openshare pair join --json</c> prints.</summary>
/// <param name="Sponsor">the id of the device that vouches for this one</param>
/// <param name="Trust">provisional</param>
public sealed record JoinDocument(string Sponsor, string SponsorName, string Trust, DateTimeOffset ExpiresAt, string Scope);

/// <summary>What <c>openshare pair withdraw --json</c> prints: this device refuses it from now on.</summary>
public sealed record WithdrawnDocument(string DeviceId, string Name);
