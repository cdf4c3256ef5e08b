namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>Why a page is not taken. The message is for a person.</summary>
public sealed record ManifestRefusal(ManifestRefusalKind Kind, string Message);

public enum ManifestRefusalKind
{
    /// <summary>more bytes, entries, chunks or pages than <see cref="Wire.Limits"/> allow</summary>
    TooLarge,

    /// <summary>not a page at all</summary>
    Damaged,

    UnknownVersion,

    /// <summary>the signature is not the sender's over these bytes</summary>
    NotSignedBySender,

    /// <summary>it names another sender or receiver than this link's two ends</summary>
    ForOthers,

    /// <summary>it belongs to another manifest than the pages before it</summary>
    OtherManifest,

    /// <summary>its hash of the page before is not that page's hash</summary>
    BrokenChain,

    /// <summary>a second, different page of a number that was taken already</summary>
    Conflicting,

    /// <summary>a page after the last one</summary>
    AfterTheEnd,

    /// <summary>a page or a manifest with nothing in it</summary>
    Empty,

    HostilePath,
    HostileLink,
    DuplicatePath,

    /// <summary>what it lies in is not listed as a directory before it</summary>
    NotInADirectory,

    /// <summary>a kind, number, mode, size or field that an entry cannot have</summary>
    BadEntry,

    /// <summary>a chunk without a SHA-256, empty, or longer than a chunk may be</summary>
    BadChunk,

    /// <summary>the chunks of a file do not add up to its size</summary>
    SizeMismatch,

    /// <summary>the totals are not those of the pages</summary>
    TotalsMismatch,
}
