using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Install.Windows;

/// <summary>A shortcut, written by Windows itself.</summary>
[SupportedOSPlatform("windows")]
internal static partial class ShellLink
{
    private const uint InProcess = 0x1;
    private static readonly Guid Class = new("00021401-0000-0000-C000-000000000046");

    /// <exception cref="IOException">it cannot be written</exception>
    internal static void Write(string path, string target, string arguments, string description)
    {
        try
        {
            Marshal.ThrowExceptionForHR(CoInitializeEx(0, 0));
            Marshal.ThrowExceptionForHR(CoCreateInstance(Class, 0, InProcess, typeof(IShellLink).GUID, out var made));
            var link = (IShellLink)new StrategyBasedComWrappers().GetOrCreateObjectForComInstance(made, CreateObjectFlags.None);
            Marshal.Release(made);
            link.SetPath(target);
            link.SetArguments(arguments);
            link.SetDescription(description);
            link.SetWorkingDirectory(Path.GetDirectoryName(target) ?? "");
            ((IPersistFile)link).Save(path, remember: true);
        }
        catch (Exception e) when (e is COMException or InvalidCastException)
        {
            throw new IOException($"{path} cannot be written: {e.Message}", e);
        }
    }

    [LibraryImport("ole32")]
    private static partial int CoInitializeEx(nint reserved, uint flags);

    [LibraryImport("ole32")]
    private static partial int CoCreateInstance(in Guid @class, nint outer, uint context, in Guid @interface, out nint made);

    // Only what is called is named as it is called; the others hold their places.
    [GeneratedComInterface(StringMarshalling = StringMarshalling.Utf16), Guid("000214F9-0000-0000-C000-000000000046")]
    internal partial interface IShellLink
    {
        void GetPath(nint file, int length, nint data, uint flags);
        void GetIdList(out nint list);
        void SetIdList(nint list);
        void GetDescription(nint name, int length);
        void SetDescription(string description);
        void GetWorkingDirectory(nint directory, int length);
        void SetWorkingDirectory(string directory);
        void GetArguments(nint arguments, int length);
        void SetArguments(string arguments);
        void GetHotkey(out short hotkey);
        void SetHotkey(short hotkey);
        void GetShowCommand(out int command);
        void SetShowCommand(int command);
        void GetIconLocation(nint path, int length, out int icon);
        void SetIconLocation(string path, int icon);
        void SetRelativePath(string path, uint reserved);
        void Resolve(nint window, uint flags);
        void SetPath(string path);
    }

    [GeneratedComInterface(StringMarshalling = StringMarshalling.Utf16), Guid("0000010b-0000-0000-C000-000000000046")]
    internal partial interface IPersistFile
    {
        void GetClassId(out Guid id);
        [PreserveSig] int IsDirty();
        void Load(string path, uint mode);
        void Save(string path, [MarshalAs(UnmanagedType.Bool)] bool remember);
        void SaveCompleted(string path);
        void GetCurrentFile(out nint path);
    }
}
