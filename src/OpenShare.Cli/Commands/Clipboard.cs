using System.ComponentModel;
using System.Diagnostics;
using OpenShare.Agent.Browsing;
using OpenShare.Agent.Documents;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

/// <summary>
/// The clipboard, read by whichever program of the system's there is: a process without a window has none of its own.
/// </summary>
internal static class Clipboard
{
    private const string Source = "The clipboard";

    // One that waits for a window that never answers is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static (string Program, string[] Arguments)[] Programs =>
        OperatingSystem.IsWindows() ? [("powershell", ["-NoProfile", "-Command", "[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); [Console]::Out.Write((Get-Clipboard -Raw))"])]
        : OperatingSystem.IsMacOS() ? [("pbpaste", [])]
        : [("wl-paste", ["--no-newline", "--type", "text"]), ("xclip", ["-selection", "clipboard", "-out"]), ("xsel", ["--clipboard", "--output"])];

    /// <exception cref="UsageException">there is no text in it, or no program to read it</exception>
    internal static async Task<string> ReadAsync(CommandRun run)
    {
        string? failure = null;
        foreach (var (program, arguments) in Programs)
        {
            switch (await RunAsync(program, arguments, run))
            {
                case (byte[] text, _):
                    return TextSource.Checked(text, Source);
                // The next may do: wl-paste is of no use where X runs, nor xclip under Wayland.
                case (_, string why):
                    failure = $"{program} says: {why}";
                    break;
            }
        }
        throw new UsageException(failure is null
            ? "No program that reads the clipboard is here. Install wl-clipboard (Wayland), or xclip or xsel (X11); or send the text with: --text -"
            : $"{Source} cannot be read, or holds no text. {Output.Printable.Line(failure)}");
    }

    /// <returns>what it printed, or why it failed; neither where there is no such program</returns>
    private static async Task<(byte[]? Text, string? Failure)> RunAsync(string program, string[] arguments, CommandRun run)
    {
        if (SystemProgram.Find(program) is not { } file)
            return (null, null);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            return (null, error.Message);
        }
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience, run.Shell.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, run.Interrupted);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(stop.Token);
            var text = await TextSource.ReadAsync(process.StandardOutput.BaseStream, stop.Token);
            // It may have more than is taken, and would wait for ever to be rid of it.
            process.StandardOutput.Close();
            await process.WaitForExitAsync(stop.Token);
            return process.ExitCode == 0 || text.Length > SendRequest.LongestText ? (text, null) : (null, (await errors).Trim().Split('\n')[0]);
        }
        catch (OperationCanceledException) when (!run.Interrupted.IsCancellationRequested)
        {
            return (null, "nothing, for 10 seconds");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
