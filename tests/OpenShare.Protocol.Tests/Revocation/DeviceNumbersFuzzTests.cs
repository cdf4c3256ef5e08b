using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Revocation;

/// <summary>What <c>tests/fuzz.sh 1 1 device-numbers</c> starts from, and whatever it once found (tests/vectors/fuzz).</summary>
public sealed class DeviceNumbersFuzzTests
{
    public static TheoryData<string> Inputs { get; } = [.. Directory.EnumerateFiles(Folder, "*.hex").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "vectors", "fuzz", "device-numbers");

    [Theory]
    [MemberData(nameof(Inputs))]
    public void An_input_is_a_set_that_knows_what_is_in_it_or_refused(string file)
    {
        DeviceNumberSet set;
        try
        {
            set = DeviceNumberSet.Read(Messages.Parse(DeviceNumbers.Parser, Convert.FromHexString(File.ReadAllText(Path.Combine(Folder, file)).Trim()), "set"));
        }
        catch (ProtocolException error)
        {
            Assert.NotEmpty(error.Message);
            return;
        }
        Assert.All(set.ToArray(), number => Assert.True(set.Contains(number)));
        Assert.Equal(set.ToArray(), DeviceNumberSet.Of(set.ToArray()).ToArray());
    }
}
