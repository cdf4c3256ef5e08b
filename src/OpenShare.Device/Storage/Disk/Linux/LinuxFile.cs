using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <param name="path">for messages</param>
internal sealed class LinuxFile(SafeFileHandle handle, string path) : SystemFile(handle)
{
    private const long AllocationStep = 64L * 1024 * 1024;

    // The system lets one writer at a time into a file, and has the others spin: a processor that the sender could have.
    private readonly Lock _writing = new();

    internal override FileStat Stat() => LinuxFiles.Stat(Handle);

    // One call each: the runtime's own ask every handle first whether it can seek and whether it blocks.
    internal override long Read(IReadOnlyList<Memory<byte>> into, long offset) =>
        into.Count == 1 ? Read(into[0].Span, offset) : base.Read(into, offset);

    internal override int Read(Span<byte> into, long offset)
    {
        while (true)
        {
            var read = Libc.Pread(Handle, into, into.Length, offset);
            if (read >= 0)
                return (int)read;
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LinuxFiles.Fault(path);
        }
    }

    internal override void Write(IReadOnlyList<ReadOnlyMemory<byte>> bytes, long offset)
    {
        lock (_writing)
        {
            if (bytes.Count == 1)
                Write(bytes[0].Span, offset);
            else
                base.Write(bytes, offset);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var written = (int)Libc.Pwrite(Handle, bytes, bytes.Length, offset);
            if (written < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LinuxFiles.Fault(path);
            bytes = bytes[Math.Max(0, written)..];
            offset += Math.Max(0, written);
        }
    }

    internal override void SetFinal(uint mode, long mtimeNs)
    {
        if (Libc.Futimens(Handle, new TwoTimes(mtimeNs)) != 0 || Libc.Fchmod(Handle, mode) != 0)
            throw LinuxFiles.Fault(path);
    }

    internal override bool Allocate(long from, long size, string path)
    {
        // In steps: a signal interrupts the call, and tmpfs then undoes what the call had done.
        for (var offset = from; offset < size;)
        {
            var length = Math.Min(AllocationStep, size - offset);
            if (Libc.Fallocate(Handle, 0, offset, length) == 0)
                offset += length;
            else if (Marshal.GetLastPInvokeError() is Errno.NotSupported or Errno.NotImplemented)
                return false;
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LinuxFiles.Fault(path);
        }

        return true;
    }

    internal override bool MakeHole(long offset, long length)
    {
        while (Libc.Fallocate(Handle, LinuxFlags.KeepSize | LinuxFlags.PunchHole, offset, length) != 0)
        {
            if (Marshal.GetLastPInvokeError() is Errno.NotSupported or Errno.NotImplemented)
                return false;
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw LinuxFiles.Fault(path);
        }

        return true;
    }

    internal override FileStretch StretchAt(long offset)
    {
        // Beside other readers: they read at offsets of their own.
        var data = Libc.Lseek(Handle, offset, LinuxFlags.SeekData);
        if (data < 0)
            return new FileStretch(IsHole: Marshal.GetLastPInvokeError() == Errno.NoSuchAddress, End: long.MaxValue);
        if (data > offset)
            return new FileStretch(IsHole: true, data);
        var hole = Libc.Lseek(Handle, offset, LinuxFlags.SeekHole);
        return new FileStretch(IsHole: false, hole > offset ? hole : long.MaxValue);
    }
}
