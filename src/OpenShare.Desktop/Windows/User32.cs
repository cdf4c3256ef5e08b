using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Windows;

/// <summary>Windows' calls for a window that is never seen, and for its menu, as their manual has them; nothing is decided here.</summary>
[SupportedOSPlatform("windows")]
internal static partial class User32
{
    internal const uint Destroy = 0x0002, Close = 0x0010, Null = 0x0000, ContextMenu = 0x007B, User = 0x0400, App = 0x8000;

    private const string Library = "user32";
    private const StringMarshalling Utf16 = StringMarshalling.Utf16;

    [LibraryImport(Library, EntryPoint = "RegisterClassExW", SetLastError = true)]
    internal static partial ushort RegisterClass(in WindowClass @class);

    [LibraryImport(Library, EntryPoint = "CreateWindowExW", SetLastError = true, StringMarshalling = Utf16)]
    internal static partial nint CreateWindow(uint extended, string @class, string title, uint style, int x, int y, int width, int height, nint parent, nint menu, nint instance, nint parameter);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool DestroyWindow(nint window);

    [LibraryImport(Library, EntryPoint = "DefWindowProcW")]
    internal static partial nint DefaultProcedure(nint window, uint message, nint wide, nint @long);

    [LibraryImport(Library, EntryPoint = "GetMessageW", SetLastError = true)]
    internal static partial int GetMessage(out Message message, nint window, uint first, uint last);

    [LibraryImport(Library, EntryPoint = "DispatchMessageW")]
    internal static partial nint DispatchMessage(in Message message);

    [LibraryImport(Library, EntryPoint = "PostMessageW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool PostMessage(nint window, uint message, nint wide, nint @long);

    [LibraryImport(Library)]
    internal static partial void PostQuitMessage(int code);

    [LibraryImport(Library, EntryPoint = "RegisterWindowMessageW", SetLastError = true, StringMarshalling = Utf16)]
    internal static partial uint RegisterWindowMessage(string name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint CreatePopupMenu();

    [LibraryImport(Library, EntryPoint = "AppendMenuW", SetLastError = true, StringMarshalling = Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool AppendMenu(nint menu, uint flags, nint id, string? text);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool DestroyMenu(nint menu);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int TrackPopupMenuEx(nint menu, uint flags, int x, int y, nint window, nint parameters);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool SetForegroundWindow(nint window);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint CreateIconFromResourceEx(ReadOnlySpan<byte> bits, int size, [MarshalAs(UnmanagedType.Bool)] bool isIcon, uint version, int width, int height, uint flags);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool DestroyIcon(nint icon);

    [LibraryImport(Library)]
    internal static partial int GetSystemMetrics(int index);
}

/// <summary>WNDCLASSEXW.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowClass
{
    internal uint Size, Style;
    internal nint Procedure;
    internal int ExtraOfClass, ExtraOfWindow;
    internal nint Instance, Icon, Cursor, Background, MenuName, Name, SmallIcon;
}

/// <summary>MSG.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Message
{
    internal nint Window;
    internal uint Code;
    internal nint Wide, Long;
    internal uint Time;
    internal int X, Y;
}
