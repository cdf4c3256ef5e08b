using System.Text.Json;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>What a command ended with.</summary>
internal sealed record CommandResult(string Command, int Code, string Output, string Errors)
{
    /// <summary>The one JSON document on standard output.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                return JsonDocument.Parse(Output).RootElement;
            }
            catch (JsonException)
            {
                Assert.Fail($"no JSON: {this}");
                throw;
            }
        }
    }

    public CommandResult EndedWith(int code)
    {
        Assert.True(Code == code, $"ended with {Code} instead of {code}: {this}");
        return this;
    }

    /// <summary>Said on standard error, in a line or two, and nothing that only a programmer would read.</summary>
    public CommandResult Said(string words) => SaidOneOf(words);

    public CommandResult SaidOneOf(params string[] words)
    {
        Assert.True(words.Any(w => Errors.Contains(w, StringComparison.OrdinalIgnoreCase)), $"said nothing of '{string.Join("' or '", words)}': {this}");
        Assert.DoesNotContain("Exception", Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Errors, StringComparison.Ordinal);
        return this;
    }

    public override string ToString() => $"{Command}\n{Output}\n{Errors}";
}

internal static class JsonExtensions
{
    public static string? Text(this JsonElement json, string key) => json.GetProperty(key).GetString();

    public static long Number(this JsonElement json, string key) => json.GetProperty(key).GetInt64();

    public static bool IsNull(this JsonElement json, string key) => json.GetProperty(key).ValueKind == JsonValueKind.Null;
}
