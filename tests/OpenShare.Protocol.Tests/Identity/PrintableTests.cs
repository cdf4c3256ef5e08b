using FsCheck.Xunit;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Identity;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("laptop", true)]
    [InlineData("Ada's 🖥 im Büro", true)]
    [InlineData("電腦", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData(" laptop", false)]
    [InlineData("laptop\u00a0", false)]
    [InlineData("lap\ntop", false)]
    [InlineData("lap\u001b[2Jtop", false)]
    [InlineData("lap\0top", false)]
    [InlineData("lap\u007ftop", false)]
    [InlineData("lap\u0085top", false)]
    [InlineData("lap\u202etop", false)]
    [InlineData("lap\u2066top", false)]
    [InlineData("lap\u200btop", false)]
    [InlineData("lap\ufefftop", false)]
    [InlineData("lap\u2028top", false)]
    [InlineData("lap\U000E0041top", false)]
    public void A_device_name_shows_as_what_it_is(string? name, bool isName) => Assert.Equal(isName, Printable.IsDeviceName(name));

    // Half a pair cannot be written in an attribute: attributes are UTF-8.
    [Fact]
    public void Half_a_surrogate_pair_is_no_name()
    {
        Assert.False(Printable.IsDeviceName("lap" + '\ud83d'));
        Assert.False(Printable.IsDeviceName('\udda5' + "top"));
        Assert.True(Printable.IsDeviceName("\ud83d\udda5"));
    }

    [Fact]
    public void A_device_name_has_a_longest_length()
    {
        Assert.True(Printable.IsDeviceName(new string('a', Limits.DeviceName)));
        Assert.False(Printable.IsDeviceName(new string('a', Limits.DeviceName + 1)));
    }

    [Fact]
    public void Shortened_text_obeys_no_terminal_and_ends_in_whole_characters()
    {
        Assert.Equal("a\ufffd[2Jb", Printable.Shorten("a\u001b[2Jb"));
        Assert.Equal("ab…", Printable.Shorten("abc", 2));
        Assert.Equal("a…", Printable.Shorten("a\ud83d\udda5", 2));
        Assert.Equal("a\ud83d\udda5", Printable.Shorten("a\ud83d\udda5", 3));
        Assert.Equal("", Printable.Shorten(null));
    }

    [Property]
    public void Whatever_comes_in_what_is_shown_is_bounded_and_harmless(string? text, byte max)
    {
        var shown = Printable.Shorten(text, max);
        Assert.True(shown.Length <= max + 1);
        Assert.DoesNotContain(shown, char.IsControl);
        if (shown is { Length: > 0 and <= Limits.DeviceName } && shown.Trim().Length == shown.Length)
            Assert.True(Printable.IsDeviceName(shown));
    }
}
