namespace OpenShare.Device.Storage.Disk;

/// <summary>A regular file held open. Offsets and sizes in bytes. Fails as <see cref="Folder"/> does.</summary>
internal abstract class OpenedFile : IDisposable
{
    /// <summary>As it is now, whatever became of its name.</summary>
    internal abstract FileStat Stat();

    /// <summary>Fills the buffers one after the other by one call of the system.</summary>
    /// <returns>bytes read: fewer than there is room for at the file's end, or where a signal came in between</returns>
    internal abstract long Read(IReadOnlyList<Memory<byte>> into, long offset);

    /// <returns>bytes read; 0 at the file's end</returns>
    internal abstract int Read(Span<byte> into, long offset);

    /// <summary>Fills the buffer.</summary>
    /// <returns>false: the file ends before</returns>
    internal bool Fill(Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            var read = Read(into, offset);
            if (read == 0)
                return false;
            into = into[read..];
            offset += read;
        }

        return true;
    }

    /// <summary>Writes the buffers one after the other, whole.</summary>
    internal abstract void Write(IReadOnlyList<ReadOnlyMemory<byte>> bytes, long offset);

    /// <summary>Sets mode and time where that can be done through the handle; elsewhere <see cref="Folder.SetFinal"/> does it.</summary>
    internal virtual void SetFinal(uint mode, long mtimeNs)
    {
    }

    /// <summary>Makes sure that the file's space is there from this offset on, and that it has this size. What it has already is no harm.</summary>
    /// <param name="path">for the message</param>
    /// <returns>false: this file system cannot tell, and leaves it to the writes</returns>
    internal abstract bool Allocate(long from, long size, string path);

    /// <summary>At least so long; what is new is zeros, and takes no room where the file system can do without. Beside no write.</summary>
    internal abstract void Extend(long size);

    /// <summary>Makes a hole: zeros, whatever was there, that take no room. The file keeps its size.</summary>
    /// <returns>false: there are no holes here, and nothing was done</returns>
    internal virtual bool MakeHole(long offset, long length) => false;

    /// <summary>What there is at this offset, before the file's end.</summary>
    internal virtual FileStretch StretchAt(long offset) => new(IsHole: false, End: long.MaxValue);

    public abstract void Dispose();
}

/// <summary>A part of a file.</summary>
/// <param name="IsHole">it is zeros that take no room; false: nobody can tell without reading</param>
/// <param name="End">the offset behind it</param>
public readonly record struct FileStretch(bool IsHole, long End);
