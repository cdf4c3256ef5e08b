using System.Text.Json.Nodes;

namespace OpenShare.Relay;

/// <summary>One line of JSON per event, each written whole and at once.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly Lock _lock = new();

    public void Write(string name, params IEnumerable<(string Key, object Value)> fields)
    {
        var line = new JsonObject { ["event"] = name };
        foreach (var (key, value) in fields)
            line[key] = value is long number ? JsonValue.Create(number) : JsonValue.Create(value.ToString());
        lock (_lock)
        {
            try
            {
                output.WriteLine(line.ToJsonString());
                output.Flush();
            }
            catch (IOException)
            {
                // Nobody listens any more; the end of standard input follows.
            }
        }
    }
}
