using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>
/// A name in a directory reached beneath a root without following any link: by openat2 (Linux 5.6), else one
/// component after the other with O_NOFOLLOW.
/// </summary>
internal sealed class Beneath : IDisposable
{
    // The streams' few, each in its own directory, and the one that is being prepared.
    private const int OpenParents = 8;

    // Set once the kernel (or a sandbox's filter) was seen not to know openat2; tests set it to try the other way.
    internal static volatile bool WithoutOpenAt2;

    private readonly HandleCache<SafeFileHandle>.Lease? _lease;

    private readonly bool _owned;

    private Beneath(SafeFileHandle directory, string name, bool owned)
    {
        In = directory;
        Name = name;
        _owned = owned;
    }

    private Beneath(HandleCache<SafeFileHandle>.Lease lease, string name)
        : this(lease.Handle, name, owned: false) => _lease = lease;

    internal SafeFileHandle In { get; }

    /// <summary>One component.</summary>
    internal string Name { get; }

    /// <summary>Directories beneath this one that are held open to work in, since entries come directory by directory.</summary>
    internal static HandleCache<SafeFileHandle> Parents(SafeFileHandle root) =>
        new(OpenParents, path => OpenParent(root, path));

    /// <param name="parents">of this root, where they are held open</param>
    internal static Beneath Parent(SafeFileHandle root, HandleCache<SafeFileHandle>? parents, string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash < 0)
            return new Beneath(root, path, owned: false);
        var (parent, name) = (path[..slash], path[(slash + 1)..]);
        return parents is null ? new Beneath(OpenParent(root, parent), name, owned: true) : new Beneath(parents.Take(parent), name);
    }

    private static SafeFileHandle OpenParent(SafeFileHandle root, string path) => Resolve(root, path, LinuxFlags.PathOnly | LinuxFlags.Directory);

    /// <returns>null when a directory on the way is missing</returns>
    internal static Beneath? TryParent(SafeFileHandle root, HandleCache<SafeFileHandle>? parents, string path)
    {
        try
        {
            return Parent(root, parents, path);
        }
        catch (DiskFault fault) when (fault.Problem is DiskProblem.Missing)
        {
            return null;
        }
    }

    /// <summary>Opens a directory to list, change or sync it.</summary>
    internal static SafeFileHandle Directory(SafeFileHandle root, string path) =>
        Resolve(root, path, LinuxFlags.ReadOnly | LinuxFlags.Directory);

    /// <summary>Opens a file or directory to sync it.</summary>
    internal static SafeFileHandle ToSync(SafeFileHandle root, string path) =>
        Resolve(root, path, LinuxFlags.ReadOnly | LinuxFlags.NonBlocking);

    public void Dispose()
    {
        _lease?.Dispose();
        if (_owned)
            In.Dispose();
    }

    private static SafeFileHandle Resolve(SafeFileHandle root, string path, int flags)
    {
        flags |= LinuxFlags.CloseOnExec | LinuxFlags.NoFollow;
        if (!WithoutOpenAt2)
        {
            var how = new OpenHow((ulong)flags, LinuxFlags.ResolveBeneath | LinuxFlags.ResolveNoSymlinks);
            var fd = Libc.OpenAt2(LinuxFlags.SysOpenAt2, root, path, how, Marshal.SizeOf<OpenHow>());
            if (fd >= 0)
                return new SafeFileHandle(fd, ownsHandle: true);
            // A sandbox's filter that is older than the call answers EPERM; a real EPERM is met again below. ENOTDIR may
            // be said of a link, and which component it is the call does not say: the walk tells.
            var errno = Marshal.GetLastPInvokeError();
            if (errno is not (Errno.NotImplemented or Errno.NotPermitted or Errno.NotDirectory or Errno.Loop))
                throw DiskFault.Of(errno, path);
            WithoutOpenAt2 = errno == Errno.NotImplemented;
        }

        return Walk(root, path, flags);
    }

    private static SafeFileHandle Walk(SafeFileHandle root, string path, int flags)
    {
        var components = path.Split('/');
        SafeFileHandle? at = null;
        for (var i = 0; i < components.Length; i++)
        {
            var isLast = i == components.Length - 1;
            if (components[i] is "" or "." or "..")
                throw DiskFault.Of(Errno.CrossDevice, path);
            var from = at ?? root;
            var fd = Libc.OpenAt(
                from, components[i], isLast ? flags : LinuxFlags.PathOnly | LinuxFlags.Directory | LinuxFlags.NoFollow | LinuxFlags.CloseOnExec, 0);
            if (fd < 0)
            {
                var fault = Fault(from, components[i], string.Join('/', components.Take(i + 1)));
                at?.Dispose();
                throw fault;
            }

            at?.Dispose();
            at = new SafeFileHandle(fd, ownsHandle: true);
        }

        return at!;
    }

    // With O_DIRECTORY the kernel says "not a directory" of a link that it did not follow.
    private static DiskFault Fault(SafeFileHandle from, string name, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        var isLink = errno == Errno.NotDirectory && LinuxFiles.Stat(from, name) is { Kind: FileKind.Symlink };
        return DiskFault.Of(isLink ? Errno.Loop : errno, path);
    }
}
