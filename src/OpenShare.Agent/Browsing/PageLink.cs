using OpenShare.Agent.Client;

namespace OpenShare.Agent.Browsing;

/// <summary>The agent's page, opened in the person's browser by a file of the home's that leads there.</summary>
public static class PageLink
{
    /// <summary>Of the pages that the web UI has.</summary>
    public const string Pairing = "pairing";

    public const string Transfers = "transfers";

    /// <param name="selection">what is to be sent (<see cref="LocalApiClient.SelectAsync"/>)</param>
    public static string Send(string selection) => $"send-{selection}";

    private const string FileName = "open-ui.html";

    /// <param name="page">where to begin; null: at the devices</param>
    /// <returns>false: nothing here opens a browser</returns>
    /// <exception cref="LocalApiException">there is no page: that agent serves none, or is gone</exception>
    public static async Task<bool> TryOpenAsync(LocalApiClient client, string home, string? page, CancellationToken cancellation)
    {
        var link = (await client.GetUiLinkAsync(cancellation)).Url;
        var path = Path.Combine(home, FileName);
        await WriteAsync(path, page is null ? link : $"{link}&amp;page={page}", cancellation);
        return WebBrowser.TryOpenFile(path);
    }

    // What a program is started with is seen by everybody on the machine. A file of the home's is not.
    private static async Task WriteAsync(string path, string url, CancellationToken cancellation)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteAsync($"<!doctype html><meta charset=\"utf-8\"><title>OpenShare</title><meta http-equiv=\"refresh\" content=\"0;url={url}\"><a href=\"{url}\">OpenShare</a>".AsMemory(), cancellation);
    }
}
