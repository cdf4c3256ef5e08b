namespace OpenShare.Protocol.Revocation;

/// <summary>What a device does whose revocation list is past its next update.</summary>
public enum StaleListRule
{
    /// <summary>It uses the list on, and says that it is stale.</summary>
    Warn,

    /// <summary>It opens no link before it has a newer list; nor where it has none at all.</summary>
    Refuse,
}
