using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Hosting;

internal static class PassphraseFile
{
    /// <summary>The first line of the file.</summary>
    /// <exception cref="AgentStartException">it cannot be read, or is empty</exception>
    internal static Passphrase Read(string path)
    {
        string? line;
        try
        {
            line = File.ReadLines(path).FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"The passphrase file {path} cannot be read: {e.Message}", e);
        }
        return string.IsNullOrEmpty(line)
            ? throw new AgentStartException($"The passphrase file {path} is empty: its first line is the passphrase.")
            : new Passphrase(line);
    }
}
