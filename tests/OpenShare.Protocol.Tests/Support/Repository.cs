namespace OpenShare.Protocol.Tests.Support;

/// <summary>The repository that the test was built in.</summary>
internal static class Repository
{
    internal static string Root
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "OpenShare.sln")))
                    return folder.FullName;
            }
            throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds OpenShare.sln.");
        }
    }
}
