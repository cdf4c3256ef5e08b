using System.Text;
using OpenShare.Agent.Qr;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

/// <summary>A pairing token or code as a person has it: pasted, in a file, or as a QR in a picture.</summary>
internal static class TokenSource
{
    /// <summary>Characters of a text that is read whole: a token is some 600.</summary>
    private const int LongestText = 16 * 1024;

    /// <param name="given">the text itself, a file with it or a picture of it, or "-" for the standard input</param>
    /// <exception cref="UsageException">it is none of these</exception>
    internal static async Task<string> ReadAsync(string given, CommandRun run)
    {
        if (given == "-")
        {
            await using var input = run.Shell.In();
            return Text(await ReadAsync(input, run.Interrupted), "The standard input");
        }
        return File.Exists(given) ? Text(await ReadFileAsync(given, run.Interrupted), given) : given;
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadAsync(file, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {e.Message}");
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        // A terminal's read does not look at the token while it waits.
        while (await stream.ReadAsync(buffer, cancellation).AsTask().WaitAsync(cancellation) is var read and > 0)
        {
            if (bytes.Length + read > QrPicture.LargestFile)
                throw new UsageException($"That is larger than {QrPicture.LargestFile / (1024 * 1024)} MiB: no pairing token, nor a picture of one.");
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }

    // What no picture begins with, and every text has.
    private static string Text(byte[] bytes, string name) =>
        bytes.Length > 0 && bytes.Length <= LongestText && bytes.All(b => b is >= 0x20 and < 0x7f or (byte)'\n' or (byte)'\r' or (byte)'\t')
            ? Encoding.ASCII.GetString(bytes)
            : QrPicture.Read(bytes, name);
}
