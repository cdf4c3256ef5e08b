namespace OpenShare.Device.Views;

/// <param name="Version">0: this device holds no list yet; the times are null then</param>
/// <param name="IsStale">past its next update: still used</param>
/// <param name="CheckedAt">when the registration service was last reached for it</param>
public sealed record RevocationView(
    ulong Version, DateTimeOffset? IssuedAt, DateTimeOffset? NextUpdate, bool IsStale, int RevokedDevices, DateTimeOffset? CheckedAt);

public abstract record RevocationRefresh
{
    private RevocationRefresh() { }

    /// <param name="IsNewer">false: the list held was the newest</param>
    public sealed record Refreshed(RevocationView List, bool IsNewer) : RevocationRefresh;

    public sealed record ServerUnreachable(string Detail) : RevocationRefresh;

    public sealed record NotRegistered : RevocationRefresh;

    /// <summary>What the service answered is not a list this device may use.</summary>
    public sealed record Rejected(string Detail) : RevocationRefresh;
}
