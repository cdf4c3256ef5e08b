namespace OpenShare.Protocol.Handshake;

/// <summary>The major versions of the handshake, and of everything after it, that this program speaks.</summary>
public static class ProtocolVersions
{
    public static readonly IReadOnlyList<uint> Spoken = [1];

    /// <returns>the highest common version; 0 where there is none</returns>
    internal static uint Choose(IEnumerable<uint> offered) => Spoken.Intersect(offered).DefaultIfEmpty().Max();
}
