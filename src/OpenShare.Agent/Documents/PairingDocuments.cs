using System.Text.Json.Serialization;

namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare pair show --json</c> prints: what another device needs to pair this one.</summary>
/// <param name="Code">24 letters and digits in groups of four</param>
/// <param name="PublicKeyFingerprint">32 hex digits</param>
public sealed record PairingCodeDocument(string Code, string PublicKeyFingerprint)
{
    /// <summary>The path of the code as a QR, in PNG.</summary>
    public string? Qr { get; init; }

    /// <summary>Until when the device is seen on the network with no code; null: it is not.</summary>
    public DateTimeOffset? AnnouncedUntil { get; init; }
}

/// <param name="Code">the new device's; or its name or the beginning of its id, where it is seen on the network</param>
/// <param name="Scope">with whom it may speak: account or sponsor</param>
/// <param name="Attended">somebody is there who compares the code</param>
public sealed record InviteRequest(string Code, string Scope = "account", bool Attended = false);

/// <summary>What <c>openshare pair invite --json</c> prints.</summary>
/// <param name="Token">osp1_ and base64url</param>
/// <param name="SponsorFingerprint">of this device's key, 32 hex digits: what the new device's person compares</param>
public sealed record InvitationDocument(string Token, string SponsorFingerprint, DateTimeOffset ExpiresAt, string Scope)
{
    /// <summary>The path of the token as a QR, in PNG.</summary>
    public string? Qr { get; init; }

    /// <summary>The device that it was sent to, where that is seen on the network: both persons compare a code then; null: it is to be carried there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OfferedTo { get; init; }
}

/// <summary>A pairing in which a code is compared, or was.</summary>
/// <param name="Role">new or sponsor: what this device is in it</param>
/// <param name="Code">six digits, which both screens show</param>
/// <param name="IsAsked">this device's person is to say whether they do</param>
/// <param name="State">open, paired or refused</param>
/// <param name="Detail">why it was refused</param>
/// <param name="Scope">of what the new device was given: account or sponsor</param>
public sealed record ComparisonDocument(
    int Id, string Role, string PeerId, string PeerName, string Code, bool IsAsked, string State, string? Detail, DateTimeOffset? ExpiresAt, string? Scope);

/// <param name="Same">both screens show the same</param>
public sealed record ComparisonAnswer(bool Same);

/// <param name="Fingerprint">of the sponsor's key, where a person has compared it</param>
/// <param name="Name">that the new device is to have</param>
/// <param name="Attended">somebody is there who compares the code, where nobody vouches for the sponsor</param>
public sealed record JoinRequest(string Token, string? Fingerprint = null, string? Name = null, bool Attended = false);

/// <summary>Who made a token, as it says itself. Nothing of it is believed yet.</summary>
/// <param name="Sponsor">a device id</param>
public sealed record TokenDocument(string Sponsor, string SponsorName, string SponsorFingerprint, DateTimeOffset ExpiresAt);

/// <summary>What <c>openshare pair join --json</c> prints.</summary>
/// <param name="Sponsor">the id of the device that vouches for this one</param>
/// <param name="Trust">provisional</param>
public sealed record JoinDocument(string Sponsor, string SponsorName, string Trust, DateTimeOffset ExpiresAt, string Scope);

/// <summary>What <c>openshare pair withdraw --json</c> prints: this device refuses it from now on.</summary>
public sealed record WithdrawnDocument(string DeviceId, string Name);
