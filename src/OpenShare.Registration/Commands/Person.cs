using System.Runtime.InteropServices;
using System.Text;

namespace OpenShare.Registration.Commands;

/// <summary>Whoever typed the command, where they are asked something.</summary>
/// <param name="output">where questions are shown: stdout holds only what scripts read</param>
internal sealed class Person(TextReader input, TextWriter output)
{
    /// <summary>True for the word yes alone; nothing, or the end of the input, is no.</summary>
    public bool SaysYes(string question)
    {
        output.Write(question + " Type yes: ");
        output.Flush();
        return string.Equals(input.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A secret is typed unseen, at a terminal.</summary>
    /// <returns>null where there is none, or it was broken off</returns>
    public string? AskSecret(string question)
    {
        if (Console.IsInputRedirected)
            return null;
        // The platform's own reading of keys lets the terminal show what is typed before it begins, and between two keys.
        var typed = OperatingSystem.IsWindows() ? ReadKeys(question) : ReadUnseen(question);
        return typed is null || typed.Any(char.IsControl) ? null : typed;
    }

    private string ReadKeys(string question)
    {
        output.Write(question);
        output.Flush();
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else
                typed.Append(key.KeyChar);
        }
        output.WriteLine();
        return typed.ToString();
    }

    private static string? ReadUnseen(string question)
    {
        var line = AskWithoutEcho([.. Encoding.UTF8.GetBytes(question), 0]);
        if (line == 0)
            return null;
        var typed = Marshal.PtrToStringUTF8(line);
        // It is kept in the library's own memory, where it is of no more use.
        for (var at = line; Marshal.ReadByte(at) != 0; at++)
            Marshal.WriteByte(at, 0);
        return typed;
    }

    /// <summary>getpass(3): turns the terminal's echo off, asks, reads a line, and turns it on again. Ctrl-C is a character of the line.</summary>
    [DllImport("libc", EntryPoint = "getpass")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint AskWithoutEcho(byte[] prompt);
}
