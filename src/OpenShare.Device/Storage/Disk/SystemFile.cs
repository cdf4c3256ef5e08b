using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk;

/// <summary>A file of this machine, by its handle.</summary>
internal abstract class SystemFile(SafeFileHandle handle) : OpenedFile
{
    protected SafeFileHandle Handle { get; } = handle;

    internal override long Read(IReadOnlyList<Memory<byte>> into, long offset) => RandomAccess.Read(Handle, into, offset);

    internal override int Read(Span<byte> into, long offset) => RandomAccess.Read(Handle, into, offset);

    internal override void Write(IReadOnlyList<ReadOnlyMemory<byte>> bytes, long offset) => RandomAccess.Write(Handle, bytes, offset);

    internal override void Extend(long size)
    {
        if (RandomAccess.GetLength(Handle) < size)
            RandomAccess.SetLength(Handle, size);
    }

    public override void Dispose() => Handle.Dispose();
}
