using OpenShare.Desktop.Linux.Bus;

namespace OpenShare.Desktop.Tests;

/// <summary>Bytes of D-Bus, its own specification's and spoilt ones.</summary>
public sealed class BusTests
{
    [Fact]
    public void Values_are_aligned_as_the_specification_has_it()
    {
        // Its example: two strings, the second on a multiple of four.
        Assert.Equal("\u0003\0\0\0foo\0\u0001\0\0\0+\0\u0003\0\0\0bar\0"u8.ToArray(), BusWriter.Body(new BusBody("sss", "foo", "+", "bar")).Where((_, n) => n is not 14 and not 15).ToArray());
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1], BusWriter.Body(new BusBody("u(uy)", 1u, new object[] { 7u, (byte)1 })));
        // The padding before the first element is not of an array's length.
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0], BusWriter.Body(new BusBody("a(u)", (object)Array.Empty<object>())));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var read = Read("ybiusoga{sv}ayv", BusWriter.Body(new BusBody("ybiusoga{sv}ayv", (byte)1, true, -2, 3u, "ü", "/a", "as",
            new object[] { new object[] { "k", new Variant("(is)", new object[] { 4, "x" }) } }, new byte[] { 5, 6 }, new Variant("v", new Variant("b", false)))));

        Assert.Equal([(byte)1, true, -2, 3u, "ü", "/a", "as"], read[..7]);
        Assert.Equal([4, "x"], (object[])((object[])((object[])read[7])[0])[1]);
        Assert.Equal([5, 6], (byte[])read[8]);
        Assert.Equal(false, read[9]);
    }

    [Fact]
    public void The_other_byte_order_is_read() =>
        Assert.Equal([1u, "ab"], new BusReader([0, 0, 0, 1, 0, 0, 0, 2, (byte)'a', (byte)'b', 0], isBigEndian: true).Read("us"));

    [Theory]
    [InlineData("a()")]
    [InlineData("(u")]
    [InlineData("a")]
    [InlineData("z")]
    [InlineData(")")]
    public void What_is_no_signature_is_refused(string signature) => Assert.Throws<FormatException>(() => Read(signature, new byte[64]));

    [Fact]
    public void A_value_that_ends_after_its_message_or_has_no_end_is_refused()
    {
        Assert.Throws<FormatException>(() => Read("s", [255, 255, 255, 255, 1]));
        Assert.Throws<FormatException>(() => Read("au", [255, 255, 255, 127, 1, 0, 0, 0]));
        Assert.Throws<FormatException>(() => Read("u", [1, 2]));
        Assert.Throws<FormatException>(() => Read("v", [.. Enumerable.Repeat(new byte[] { 1, (byte)'v', 0 }, 10_000).SelectMany(b => b)]));
        Assert.Throws<FormatException>(() => BusSignature.End(new string('a', 10_000) + "u", 0));
    }

    [Theory]
    [InlineData("unix:path=/run/user/1000/bus,guid=00", "/run/user/1000/bus")]
    [InlineData("tcp:host=x;unix:abstract=/tmp/a%20b", "@/tmp/a b")]
    [InlineData("tcp:host=x,port=1", null)]
    public void Where_the_bus_is(string address, string? socket) => Assert.Equal(socket, BusAddress.Parse(address)?.ToString());

    private static object[] Read(string signature, byte[] bytes) => new BusReader(bytes, isBigEndian: false).Read(signature);
}
