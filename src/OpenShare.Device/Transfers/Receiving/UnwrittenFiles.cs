using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Transfers.Receiving;

/// <summary>The files of a transfer that take their room as they are written, and how much of each is still to come.</summary>
internal sealed class UnwrittenFiles
{
    private readonly Dictionary<uint, long> _left = [];

    /// <summary>Bytes that are still to be written.</summary>
    internal long Bytes { get; private set; }

    /// <param name="roomTakenFrom">files of this size and more have their room already</param>
    /// <param name="written">bytes of it that are there</param>
    internal void Add(TransferEntry file, long roomTakenFrom, long written = 0)
    {
        if (file.Size >= roomTakenFrom || file.Size == written || !_left.TryAdd(file.Number, file.Size - written))
            return;
        Bytes += file.Size - written;
    }

    /// <returns>bytes that are no longer to come: none for a file that had its room before</returns>
    internal long Write(uint file, long bytes)
    {
        if (!_left.TryGetValue(file, out var left))
            return 0;
        if (bytes >= left)
            return Drop(file);
        _left[file] = left - bytes;
        Bytes -= bytes;
        return bytes;
    }

    /// <summary>The file is left out.</summary>
    /// <returns>bytes that are no longer to come</returns>
    internal long Drop(uint file)
    {
        if (!_left.Remove(file, out var left))
            return 0;
        Bytes -= left;
        return left;
    }
}
