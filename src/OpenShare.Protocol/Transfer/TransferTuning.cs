namespace OpenShare.Protocol.Transfer;

/// <summary>What both transfer machines go by. The defaults are the protocol's; tests make them small.</summary>
public sealed record TransferTuning
{
    public static readonly TransferTuning Default = new();

    /// <summary>Parallel chunk streams the sender asks for.</summary>
    public int Streams { get; init; } = 4;

    /// <summary>Frames under way on one stream. After a cut, at most Streams x Window frames travel again.</summary>
    public int Window { get; init; } = 4;

    /// <summary>Manifest pages sent ahead of the receiver's missing lists, and taken ahead of its own decision.</summary>
    public int PageWindow { get; init; } = 8;

    /// <summary>Small chunks share a frame up to so many bytes; a larger chunk travels alone.</summary>
    public int FrameBytes { get; init; } = 256 * 1024;

    /// <summary>Small chunks share a frame up to this number.</summary>
    public int FrameChunks { get; init; } = 256;

    /// <summary>So often one chunk may fail its hash before its file counts as changed.</summary>
    public int Refusals { get; init; } = 3;

    /// <summary>After so long without a word on a transfer that waits for one, the waiting side asks again.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>So long after a disk was found full it is tried again, twice as long each time that it is full still.</summary>
    public TimeSpan DiskRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>But no longer than this.</summary>
    public TimeSpan LongestDiskRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>So long after a lost stream a new one is asked for.</summary>
    public TimeSpan StreamRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So long a stream that was asked for may take to come.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>So long, and more where the line is slow, a stream may be silent while later chunks on others are acknowledged.</summary>
    public TimeSpan SilentPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of one device, those that only wait for its word among them: each has its file list in memory.</summary>
    public int ReceivedAtOnce { get; init; } = 1_000;

    /// <summary>After so long without an acknowledgement on a stream that gets no more frames, its chunks travel on another.</summary>
    public TimeSpan RetiredPatience { get; init; } = TimeSpan.FromSeconds(30);
}
