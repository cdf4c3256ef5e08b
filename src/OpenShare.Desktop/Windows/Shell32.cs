using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Windows;

/// <summary>Windows' notification area, as its manual has it; nothing is decided here.</summary>
[SupportedOSPlatform("windows")]
internal static partial class Shell32
{
    internal const uint Add = 0, Modify = 1, Delete = 2, SetVersion = 4;

    /// <summary>Since Windows Vista: the place of a click comes with it, and so does what becomes of a balloon.</summary>
    internal const uint Version4 = 4;

    /// <summary>Of what is told of the icon: chosen with the mouse, chosen by a key, and its balloon clicked.</summary>
    internal const uint Select = User32.User, KeySelect = User32.User + 1, BalloonClick = User32.User + 5;

    [LibraryImport("shell32", EntryPoint = "Shell_NotifyIconW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool NotifyIcon(uint message, in NotifyIconData data);
}

[Flags]
internal enum NotifyIconFields : uint
{
    Message = 0x01,
    Icon = 0x02,
    Tip = 0x04,
    Info = 0x10,

    /// <summary>The standard tip is shown, too: with version 4 it is not by itself.</summary>
    ShowTip = 0x80,
}

/// <summary>NOTIFYICONDATAW.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NotifyIconData
{
    internal int Size;
    internal nint Window;
    internal uint Id;
    internal NotifyIconFields Fields;
    internal uint CallbackMessage;
    internal nint Icon;
    internal Text128 Tip;
    internal uint State, StateMask;
    internal Text256 Info;
    internal uint Version;
    internal Text64 InfoTitle;
    internal uint InfoFlags;
    internal Guid Guid;
    internal nint BalloonIcon;
}

[InlineArray(64)]
internal struct Text64
{
    private ushort _first;
}

[InlineArray(128)]
internal struct Text128
{
    private ushort _first;
}

[InlineArray(256)]
internal struct Text256
{
    private ushort _first;
}
