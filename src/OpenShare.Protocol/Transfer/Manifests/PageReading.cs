namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>What came of reading one page.</summary>
public abstract record PageReading
{
    private PageReading() { }

    /// <summary>It is the next page, and verified.</summary>
    public sealed record Accepted(ManifestPage Page) : PageReading;

    /// <summary>The same page was taken before.</summary>
    public sealed record Repeated(int Index) : PageReading;

    /// <summary>The sender's own, but not yet its turn: pages before it are missing.</summary>
    public sealed record Ahead(int Index) : PageReading;

    public sealed record Refused(ManifestRefusal Refusal) : PageReading;
}
