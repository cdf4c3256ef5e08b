using FsCheck.Xunit;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Pairing;

public sealed class PairingCodeTests
{
    private static readonly string Some = PairingCode.Of(SomePairing.NewKey.PublicKey).ToString();

    [Property]
    public void A_code_reads_as_it_was_written_however_it_is_typed(int seed)
    {
        var code = PairingCode.FromBytes(new SeededRandom(seed).Bytes(PairingCode.Size));
        var text = code.ToString();

        Assert.Matches("^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$", text);
        Assert.Equal(code, PairingCode.Parse(text));
        Assert.Equal(code, PairingCode.Parse(text.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)));
        Assert.Equal(code, PairingCode.Parse(text.Replace("-", "", StringComparison.Ordinal).Replace('0', 'o').Replace('1', 'l')));
        Assert.Equal(code, PairingCode.FromBytes(code.ToBytes()));
    }

    [Fact]
    public void Each_key_has_a_code_of_its_own() =>
        Assert.Equal(200, Enumerable.Range(0, 200).Select(n => PairingCode.Of(Organisation.Key(9, (byte)n).PublicKey)).Distinct().Count());

    [Fact]
    public void Every_single_slip_and_every_swap_of_neighbours_is_noticed()
    {
        const string alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        var whole = Some.Replace("-", "", StringComparison.Ordinal);
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var other in alphabet.Where(c => c != whole[at]))
                Assert.Contains("mistyped", Error(whole[..at] + other + whole[(at + 1)..]), StringComparison.Ordinal);
            if (at > 0 && whole[at] != whole[at - 1])
                Assert.Contains("mistyped", Error(whole[..(at - 1)] + whole[at] + whole[at - 1] + whole[(at + 1)..]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_way_of_being_no_code_has_its_own_words()
    {
        Assert.Contains("this one has 20", Error(Some[..^5]), StringComparison.Ordinal);
        Assert.Contains("this one has more", Error(Some + "-0000"), StringComparison.Ordinal);
        Assert.Contains("'U' is not", Error("U" + Some[1..]), StringComparison.Ordinal);
        Assert.Contains("this one has 0", Error(""), StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public void Any_text_is_a_code_or_a_protocol_error(string? text)
    {
        foreach (var tried in new[] { text ?? "", text + Some, Some[..12] + text })
        {
            if (Record.Exception(() => PairingCode.Parse(tried)) is { } error)
                Assert.IsType<ProtocolException>(error);
        }
    }

    private static string Error(string text) => Assert.Throws<ProtocolException>(() => PairingCode.Parse(text)).Message;
}
