using System.Text.Json;
using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Hosting;

/// <summary>
/// What a person changed while the agent ran, on its page or at its icon, kept in the home for the next start. Each holds for as long as the agent
/// is told what it was told then: a flag that says something new is newer than it.
/// </summary>
internal static class ChosenSettings
{
    /// <summary>Those that can be changed so.</summary>
    internal static readonly IReadOnlyList<string> Keys = [AgentSettings.Accept, AgentSettings.SaveTo, AgentSettings.Overwrite, AgentSettings.Limit];

    private static string FileOf(string home) => Path.Combine(home, "settings.json");

    /// <param name="told">by flags and environment</param>
    /// <exception cref="SettingException">the file cannot be read</exception>
    internal static IEnumerable<KeyValuePair<string, string?>> Read(string home, IConfiguration told) =>
        Load(home).Where(c => Keys.Contains(c.Key) && c.Value.InsteadOf == told[c.Key]).Select(c => KeyValuePair.Create(c.Key, (string?)c.Value.Value));

    /// <exception cref="IOException">it cannot be kept; what was kept is so still</exception>
    /// <exception cref="UnauthorizedAccessException">likewise</exception>
    internal static void Keep(string home, IConfiguration told, IReadOnlyDictionary<string, string?> changes)
    {
        var kept = Load(home);
        foreach (var (key, value) in changes)
            kept[key] = new ChosenSetting(value!, told[key]);
        var (file, fresh) = (FileOf(home), FileOf(home) + ".new");
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(kept, AgentJson.Readable.ChosenSettings));
        File.Move(fresh, file, overwrite: true);
    }

    private static Dictionary<string, ChosenSetting> Load(string home)
    {
        try
        {
            return File.Exists(FileOf(home)) ? JsonSerializer.Deserialize(File.ReadAllBytes(FileOf(home)), AgentJson.Readable.ChosenSettings) ?? [] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SettingException($"What was set on the page cannot be read: {e.Message} Mend or remove {FileOf(home)}", e);
        }
    }
}

/// <param name="InsteadOf">what the agent was told then; null: nothing</param>
public sealed record ChosenSetting(string Value, string? InsteadOf);
