using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery.Mdns;

/// <summary>What tests/fuzz.sh starts from, and whatever it once found (tests/vectors/fuzz).</summary>
public sealed class FuzzRegressionTests
{
    public static TheoryData<string> Inputs { get; } = [.. Directory.EnumerateFiles(Folder, "*.hex").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "vectors", "fuzz", "dns");

    [Theory]
    [MemberData(nameof(Inputs))]
    public void An_input_is_read_as_it_is_written_or_refused(string file)
    {
        DnsMessage message;
        try
        {
            message = DnsMessage.Decode(Convert.FromHexString(File.ReadAllText(Path.Combine(Folder, file)).Trim()));
        }
        catch (ProtocolException error)
        {
            Assert.NotEmpty(error.Message);
            return;
        }

        Assert.Equal(message.Encode(), DnsMessage.Decode(message.Encode()).Encode());
    }
}
