namespace OpenShare.Desktop.Install;

/// <summary>Files that are installed and removed, saying what became of each.</summary>
internal sealed class InstalledFiles(Action<string> say)
{
    internal void Say(string line) => say(line);

    /// <returns>it was not so before</returns>
    internal bool Write(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            say($"Left as it was: {path}");
            return false;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Whole or not at all, and through a link: one of them is the person's own.
        if (new FileInfo(path) is { LinkTarget: not null } link)
            path = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var fresh = path + ".new";
        File.WriteAllText(fresh, text);
        File.Move(fresh, path, overwrite: true);
        say($"Wrote {path}");
        return true;
    }

    internal void Remove(string path)
    {
        // A link that leads nowhere is there, too.
        if (new FileInfo(path) is { Exists: false, LinkTarget: null })
        {
            say($"Was not there: {path}");
            return;
        }
        File.Delete(path);
        say($"Removed {path}");
    }
}
