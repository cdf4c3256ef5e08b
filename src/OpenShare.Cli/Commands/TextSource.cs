using System.Text;
using OpenShare.Agent.Documents;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

/// <summary>A text to be sent: bounded, not empty, UTF-8. What is wrong with it is said without it.</summary>
internal static class TextSource
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="text">"-": the standard input</param>
    /// <exception cref="UsageException">it cannot be sent as a text</exception>
    internal static async Task<string> OfOptionAsync(string text, CommandRun run)
    {
        if (text != "-")
            return Checked(text, "The text");
        await using var input = run.Shell.In();
        return Checked(await ReadAsync(input, run.Interrupted), "The standard input");
    }

    /// <summary>Reads to the end, or to one byte more than may be sent.</summary>
    internal static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var bytes = new byte[SendRequest.LongestText + 1];
        // A terminal's read does not look at the token while it waits.
        return bytes[..await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).AsTask().WaitAsync(cancellation)];
    }

    /// <param name="source">what it is called in an error</param>
    internal static string Checked(byte[] bytes, string source)
    {
        if (bytes.Length > SendRequest.LongestText)
            throw TooLong(source);
        try
        {
            return Checked(Strict.GetString(bytes), source);
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{source} is no text in UTF-8. Send it as a file.");
        }
    }

    private static string Checked(string text, string source) =>
        text.Length == 0 ? throw new UsageException($"{source} is empty: there is nothing to send.")
        : Encoding.UTF8.GetByteCount(text) > SendRequest.LongestText ? throw TooLong(source)
        : text;

    private static UsageException TooLong(string source) => new($"{source} is longer than 1 MiB. Send it as a file.");
}
