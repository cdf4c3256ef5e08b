namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare revocation --json</c> prints.</summary>
/// <param name="CrlVersion">0: no list yet</param>
/// <param name="CrlStale">past its next update: still used</param>
/// <param name="Changed">of a refresh: whether it brought a newer list</param>
public sealed record RevocationDocument(
    ulong CrlVersion, DateTimeOffset? CrlIssuedAt, DateTimeOffset? CrlNextUpdate, bool CrlStale, int RevokedDevices, DateTimeOffset? CheckedAt, bool? Changed);
