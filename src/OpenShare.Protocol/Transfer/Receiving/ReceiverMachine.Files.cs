using System.Collections.Immutable;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>How far each file is.</summary>
public sealed partial class ReceiverMachine
{
    /// <returns>null before the first page</returns>
    public FilesProgress? Files(FilesAsked asked) =>
        Manifest is { } manifest ? FilesProgress.Of(manifest, Held.Contains, _ledger.IsLeftOut, ImmutableHashSet<uint>.Empty, asked) : null;
}
