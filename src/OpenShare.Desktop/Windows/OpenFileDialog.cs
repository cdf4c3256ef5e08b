using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Windows;

/// <summary>Windows' own window to choose files in.</summary>
[SupportedOSPlatform("windows")]
internal static partial class OpenFileDialog
{
    private const uint HideReadOnly = 0x4, NoChangeOfDirectory = 0x8, MultipleChoice = 0x200, PathMustExist = 0x800, FileMustExist = 0x1000, Explorer = 0x80000;

    // Of all that can be chosen at once; Windows says so where it is too little.
    private const int MostCharacters = 256 * 1024;

    /// <summary>On a thread of its own: a person may look for a long time.</summary>
    /// <returns>absolute paths; none: the person wants none after all</returns>
    internal static Task<IReadOnlyList<string>?> ChooseAsync(string title)
    {
        var chosen = new TaskCompletionSource<IReadOnlyList<string>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                chosen.SetResult(Choose(title));
            }
            catch (IOException e)
            {
                chosen.SetException(e);
            }
        }) { IsBackground = true, Name = "choosing files" };
        thread.SetApartmentState(ApartmentState.STA);
        thread.Start();
        return chosen.Task;
    }

    private static string[] Choose(string title)
    {
        var (file, name) = (Marshal.AllocHGlobal(MostCharacters * sizeof(char)), Marshal.StringToHGlobalUni(title));
        try
        {
            Marshal.WriteInt16(file, 0);
            var data = new OpenFileName
            {
                Size = Marshal.SizeOf<OpenFileName>(), File = file, MostOfFile = MostCharacters, Title = name,
                Flags = Explorer | HideReadOnly | FileMustExist | PathMustExist | MultipleChoice | NoChangeOfDirectory,
            };
            if (GetOpenFileName(ref data))
                return Paths(file);
            return CommDlgExtendedError() is not 0 and var error ? throw new IOException($"Windows' window for files failed (0x{error:x}).") : [];
        }
        finally
        {
            Marshal.FreeHGlobal(file);
            Marshal.FreeHGlobal(name);
        }
    }

    // One: its whole path. Several: their folder, and then their names. Two zeros end it.
    private static string[] Paths(nint file)
    {
        var words = new List<string>();
        for (var at = file; Marshal.PtrToStringUni(at) is { Length: > 0 } word; at += (word.Length + 1) * sizeof(char))
            words.Add(word);
        return words is [var folder, _, ..] ? [.. words.Skip(1).Select(n => Path.Combine(folder, n))] : [.. words];
    }

    [LibraryImport("comdlg32", EntryPoint = "GetOpenFileNameW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetOpenFileName(ref OpenFileName data);

    [LibraryImport("comdlg32")]
    private static partial uint CommDlgExtendedError();

    /// <summary>OPENFILENAMEW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFileName
    {
        internal int Size;
        internal nint Owner, Instance, Filter, CustomFilter;
        internal int MostOfCustomFilter, FilterIndex;
        internal nint File;
        internal int MostOfFile;
        internal nint FileTitle;
        internal int MostOfFileTitle;
        internal nint InitialDirectory, Title;
        internal uint Flags;
        internal short FileOffset, FileExtension;
        internal nint DefaultExtension, CustomData, Hook, TemplateName, Reserved;
        internal uint ReservedNumber, ExtendedFlags;
    }
}
