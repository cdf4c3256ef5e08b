using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OpenShare.Agent.Api;
using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Hosting;

/// <summary>What is left in the home when an agent ends by its own fault: a few short files, of which the newest is told of at the next start.</summary>
internal sealed partial class CrashReports(string home, TimeProvider time) : IDisposable
{
    internal const int Most = 5;
    private const int Longest = 64 * 1024;
    private const string Stamp = "yyyyMMdd'T'HHmmssfff'Z'";

    private string Folder => Path.Combine(home, "crashes");

    private string Told => Path.Combine(Folder, "told");

    /// <summary>From now on whatever nobody catches is noted before the process ends of it.</summary>
    internal void Watch() => AppDomain.CurrentDomain.UnhandledException += OnUnhandled;

    public void Dispose() => AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs thrown) => Write($"{thrown.ExceptionObject}");

    internal void Write(string what)
    {
        var now = time.GetUtcNow();
        var text = Secrets().Replace(what, "(a token)");
        try
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(
                Path.Combine(Folder, now.ToString(Stamp, CultureInfo.InvariantCulture) + ".txt"),
                $"OpenShare {LocalApi.Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}\n{now:O}\n{text[..Math.Min(text.Length, Longest)]}\n");
            foreach (var old in Reports().SkipLast(Most))
                File.Delete(old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ends all the same, and the reason is on its standard error.
        }
    }

    /// <returns>the newest that was not told of before; null: there is none</returns>
    internal CrashDocument? TakeUntold()
    {
        try
        {
            if (!Directory.Exists(Folder) || Reports().LastOrDefault() is not { } newest || (File.Exists(Told) && File.ReadAllText(Told) == Path.GetFileName(newest)))
                return null;
            File.WriteAllText(Told, Path.GetFileName(newest));
            return DateTimeOffset.TryParseExact(Path.GetFileNameWithoutExtension(newest), Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? new CrashDocument(at, File.ReadLines(newest).Skip(2).FirstOrDefault() ?? "", newest)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IEnumerable<string> Reports() => Directory.EnumerateFiles(Folder, "*.txt").Order(StringComparer.Ordinal);

    // Nothing here puts one into an exception; this is the second lock.
    [GeneratedRegex(@"\bos[a-z]1_[A-Za-z0-9_\-]+")]
    private static partial Regex Secrets();
}
