using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>How far each file is.</summary>
public sealed partial class SenderMachine
{
    private long _lastLaunched;

    /// <summary>The file whose chunks went out last, while chunks are under way; null also where it is all that is sent.</summary>
    public TransferEntry? Travelling => Manifest is { Entries.Count: > 1 } manifest && !_window.IsEmpty ? manifest.EntryOf(_lastLaunched) : null;

    /// <returns>null before the first page</returns>
    public FilesProgress? Files(FilesAsked asked) => Manifest is { } manifest
        ? FilesProgress.Of(
            manifest, _ledger.IsAcknowledged, _withdrawn.ContainsKey, _window.Ordinals.Select(o => manifest.EntryOf(o).Number).ToHashSet(), asked)
        : null;
}
