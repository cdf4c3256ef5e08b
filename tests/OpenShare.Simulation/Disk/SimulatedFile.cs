using OpenShare.Device.Storage.Disk;

namespace OpenShare.Simulation.Disk;

internal sealed class SimulatedFile(DiskMount mount, FileNode file) : OpenedFile
{
    internal override FileStat Stat()
    {
        using var scope = mount.Look();
        return SimulatedFileSystem.Stat(file);
    }

    internal override long Read(IReadOnlyList<Memory<byte>> into, long offset)
    {
        using var scope = mount.Read(file.Path, into.Sum(m => (long)m.Length));
        var read = 0L;
        foreach (var buffer in into)
        {
            var count = file.Content.Read(buffer.Span, offset + read);
            // What is read wrong the first time is what is sent: nobody can know better.
            if (offset + read + count <= file.ReadUpTo)
                mount.Disk.Rot(buffer.Span[..count]);
            read += count;
        }
        file.ReadUpTo = Math.Max(file.ReadUpTo, offset + read);
        return read;
    }

    internal override int Read(Span<byte> into, long offset)
    {
        using var scope = mount.Read(file.Path, into.Length);
        return file.Content.Read(into, offset);
    }

    internal override void Write(IReadOnlyList<ReadOnlyMemory<byte>> bytes, long offset)
    {
        var length = bytes.Sum(b => b.Length);
        using var scope = mount.Change(file.Path, length);
        var end = mount.Tree.Room(file, offset + length);
        var at = offset;
        foreach (var buffer in bytes)
        {
            // What there is room for is written, as the system does it.
            var fits = (int)Math.Clamp(end - at, 0, buffer.Length);
            file.Content.Write(buffer.Span[..fits], at);
            at += fits;
        }
        file.Touch(mount.Tree.Now());
        mount.Disk.Tell(DiskChangeKind.Written, file.Path, offset: offset, length: (int)(at - offset));
        if (at < offset + length)
            throw DiskFault.Of(Errno.NoSpace, file.Path);
    }

    internal override bool Allocate(long from, long size, string path)
    {
        using var scope = mount.Change(file.Path);
        var end = mount.Tree.Room(file, size);
        file.Content.Extend((int)end);
        file.Touch(mount.Tree.Now());
        if (end < size)
            throw DiskFault.Of(Errno.NoSpace, path);
        return true;
    }

    internal override void Extend(long size) => Allocate(0, size, file.Path);

    public override void Dispose()
    {
        // Nothing is held: a process that is gone has closed its files too.
    }
}
