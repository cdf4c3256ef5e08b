namespace OpenShare.Desktop;

/// <summary>What the program says on its terminal or into the journal: each of its misses once.</summary>
internal sealed class DesktopTalk(TextWriter writer)
{
    private const string Page = "The page is there all the same: openshare ui";
    private static readonly string Session = OperatingSystem.IsLinux() ? "session bus" : "desktop that this program knows";
    private readonly HashSet<string> _said = [];

    internal void Began(bool isHosted, string home) =>
        Say(isHosted ? $"The agent of {home} runs. Its page: openshare ui" : $"The agent that runs for {home} already is shown here. Its page: openshare ui");

    internal void Gone() => Say("That agent is gone.");

    internal void NoSession(string why) => Once($"No {Session}, so no icon and no notifications ({why}). {Page}");

    internal void AnotherShows() => Once("Another program shows the icon of this home; when it ends, this one does.");

    internal void NoTray() => Once($"Nothing here shows icons; when something does, this one comes. {Page}");

    internal void NoNotifications() => Once($"Nothing here shows notifications. {Page}");

    internal void Trouble(string message) => Say(message);

    /// <summary>What is tried again and again fails again and again.</summary>
    internal void Repeated(string message) => Once(message);

    internal void Say(string line)
    {
        lock (_said)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    private void Once(string line)
    {
        lock (_said)
            if (!_said.Add(line))
                return;
        Say(line);
    }
}
