using System.Runtime.InteropServices;

namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>The kernel's numbers; a few differ between architectures.</summary>
internal static class LinuxFlags
{
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int Exclusive = 0x80;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const int PathOnly = 0x200000;
    internal static readonly int Directory = IsArm ? 0x4000 : 0x10000;
    internal static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    internal const ulong ResolveNoSymlinks = 0x04;
    internal const ulong ResolveBeneath = 0x08;

    internal const int KeepSize = 1;
    internal const int PunchHole = 2;
    internal const int SeekData = 3;
    internal const int SeekHole = 4;

    internal const int RemoveDirectory = 0x200;
    internal const int SymlinkNoFollow = 0x100;
    internal const int EmptyPath = 0x1000;
    internal const int CurrentDirectory = -100;
    internal const uint RenameNoReplace = 1;

    internal const uint StatxBasicAndBirth = 0xFFF;

    internal const int LimitOfOpenFiles = 7;

    internal const nint SysOpenAt2 = 437;
    internal static readonly nint SysRenameAt2 = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 316,
        Architecture.Arm64 => 276,
        Architecture.Arm => 382,
        Architecture.X86 => 353,
        var other => throw new PlatformNotSupportedException($"OpenShare has not been built for Linux on {other}."),
    };
}
