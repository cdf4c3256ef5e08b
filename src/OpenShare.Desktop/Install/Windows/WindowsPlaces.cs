namespace OpenShare.Desktop.Install.Windows;

/// <summary>Where Windows looks, for one person, for what is started at login, for programs, and for what a file can be sent to.</summary>
internal sealed record WindowsPlaces(string StartUp, string Programs, string SendTo)
{
    internal static WindowsPlaces Here() => new(
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Startup), "OpenShare.lnk"),
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Programs), "OpenShare.lnk"),
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.SendTo), "OpenShare.lnk"));
}
