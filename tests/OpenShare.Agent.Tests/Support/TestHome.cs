namespace OpenShare.Agent.Tests.Support;

/// <summary>A directory for one test, removed after it.</summary>
internal sealed class TestHome : IDisposable
{
    internal string Root { get; } = Directory.CreateTempSubdirectory("openshare-").FullName;

    internal string Home => Path.Combine(Root, "home");

    internal string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
