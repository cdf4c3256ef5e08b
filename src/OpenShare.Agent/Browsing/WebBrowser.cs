using System.ComponentModel;
using System.Diagnostics;

namespace OpenShare.Agent.Browsing;

/// <summary>The person's browser, opened by whichever program of the system's does that.</summary>
public static class WebBrowser
{
    /// <summary>Opens it, where that can be done; whoever sits elsewhere opens the address themselves.</summary>
    public static void TryOpen(string url) => TryStart(StartOf(url));

    /// <summary>Opens a page that this program has written.</summary>
    /// <returns>false: nothing here does that</returns>
    public static bool TryOpenFile(string path) => TryStart(StartOf(new Uri(path)));

    /// <returns>null: it is no address for a browser, or there is no such program</returns>
    public static ProcessStartInfo? StartOf(string url) =>
        // What an agent says is given to a program that opens anything.
        Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? StartOf(address) : null;

    private static ProcessStartInfo? StartOf(Uri address)
    {
        if (OperatingSystem.IsWindows())
            return SystemProgram.Find("rundll32") is { } windows ? new ProcessStartInfo(windows, ["url.dll,FileProtocolHandler", address.AbsoluteUri]) : null;
        // A browser writes what it likes to the terminal, reads from it, and stays when this command ends.
        return SystemProgram.Find(OperatingSystem.IsMacOS() ? "open" : "xdg-open") is { } program
            ? new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1", program, address.AbsoluteUri])
            : null;
    }

    private static bool TryStart(ProcessStartInfo? start)
    {
        if (start is null)
            return false;
        try
        {
            Process.Start(start)?.Dispose();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
