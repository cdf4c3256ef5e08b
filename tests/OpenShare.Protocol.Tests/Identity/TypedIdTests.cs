using FsCheck.Xunit;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class TypedIdTests
{
    [Property]
    public void Every_id_prints_as_it_parses(int seed)
    {
        var bytes = new SeededRandom(seed).Bytes(16);
        var text = Convert.ToHexStringLower(bytes);
        Assert.Equal(text, DeviceId.FromBytes(bytes).ToString());
        Assert.Equal(bytes, DeviceId.Parse(text).ToBytes());
        Assert.Equal(DeviceId.Parse(text), DeviceId.Parse(text.ToUpperInvariant()));
        Assert.Equal(text, SessionId.Parse(text).ToString());
        Assert.Equal(bytes, SessionId.FromBytes(bytes).ToBytes());
        Assert.Equal(text, TransferId.Parse(text).ToString());
        Assert.Equal(text, ManifestId.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    [InlineData("0x23456789abcdef0123456789abcdef")]
    [InlineData("-123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcd\0\0")]
    [InlineData("٠123456789abcdef0123456789abcdef")]
    public void Text_that_is_not_32_hex_digits_is_no_id(string text)
    {
        Assert.Throws<ProtocolException>(() => DeviceId.Parse(text));
        Assert.Throws<ProtocolException>(() => SessionId.Parse(text));
        Assert.False(DeviceId.TryParse(text, out _));
        Assert.False(DeviceId.TryParse(null, out _));
    }

    [Fact]
    public void The_error_for_a_bad_id_repeats_neither_control_characters_nor_a_novel()
    {
        var message = Assert.Throws<ProtocolException>(() => DeviceId.Parse("\u001b[2J" + new string('a', 10_000))).Message;
        Assert.DoesNotContain('\u001b', message);
        Assert.True(message.Length < 200);
    }

    [Property]
    public void Ids_are_ordered_as_their_text_and_bytes_are(int seed)
    {
        var random = new SeededRandom(seed);
        var (a, b) = (DeviceId.FromBytes(random.Bytes(16)), DeviceId.FromBytes(random.Bytes(16)));
        Assert.Equal(string.CompareOrdinal(a.ToString(), b.ToString()) < 0, a < b);
        Assert.Equal(a.ToBytes().AsSpan().SequenceCompareTo(b.ToBytes()) > 0, a > b);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void Bytes_of_another_length_are_no_id(int length) =>
        Assert.Throws<ProtocolException>(() => DeviceId.FromBytes(new byte[length]));

    [Theory]
    [InlineData("acme", true)]
    [InlineData("a", true)]
    [InlineData("ada@example.org", true)]
    [InlineData("team_1.x-y", true)]
    [InlineData("", false)]
    [InlineData("Acme", false)]
    [InlineData("acme ", false)]
    [InlineData("a/b", false)]
    [InlineData("acmé", false)]
    [InlineData("аcme", false)]
    [InlineData("acme\0", false)]
    [InlineData("acme\n", false)]
    public void An_account_is_lower_case_letters_digits_and_a_few_signs(string text, bool isAccount)
    {
        Assert.Equal(isAccount, AccountId.TryParse(text, out var account));
        if (isAccount)
            Assert.Equal(text, account.ToString());
        else
            Assert.Throws<ProtocolException>(() => AccountId.Parse(text));
    }

    [Fact]
    public void An_account_has_a_longest_name()
    {
        Assert.True(AccountId.TryParse(new string('a', Limits.AccountName), out _));
        Assert.False(AccountId.TryParse(new string('a', Limits.AccountName + 1), out _));
        Assert.False(AccountId.TryParse(null, out _));
    }

    [Fact]
    public void A_device_id_belongs_to_its_key_alone()
    {
        Assert.NotEqual(DeviceId.FromPublicKey(Organisation.Key(0, 1).PublicKey.Bytes), DeviceId.FromPublicKey(Organisation.Key(0, 2).PublicKey.Bytes));
        // Another label, so that neither can stand for the other.
        var key = Organisation.Key(0, 1).PublicKey;
        Assert.NotEqual(key.KeyId, DeviceId.FromPublicKey(key.Bytes).ToString());
    }
}
