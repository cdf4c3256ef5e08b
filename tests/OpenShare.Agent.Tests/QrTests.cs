using System.Net;
using OpenShare.Agent.Qr;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Tests;

/// <summary>QR codes at their limits of size.</summary>
public sealed class QrTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 14, 17, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(12)]
    public void The_longest_token_is_drawn_and_read_again(int addresses)
    {
        // What looks like a corner of the code and is none is in one token and not in the next.
        for (byte number = 0; number < 30; number++)
        {
            var other = Longest(addresses, number);
            using var its = new QrCode(other);
            Assert.Equal(other, QrPicture.Read(its.Png(), $"number {number}"));
        }
        using var qr = new QrCode(Longest(addresses));
        Assert.All(qr.Text(coloured: false).Split('\n'), line => Assert.Equal(qr.Width, line.Length));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task Zbarimg_reads_the_longest_token_from_a_picture_and_from_a_terminal(int addresses)
    {
        Zbar.SkipUnlessHere();
        var folder = Directory.CreateTempSubdirectory("openshare-qr-").FullName;
        var token = Longest(addresses);
        using var qr = new QrCode(token);
        await File.WriteAllBytesAsync(Path.Combine(folder, "qr.png"), qr.Png());
        Assert.Equal(token, await Zbar.ReadAsync(Path.Combine(folder, "qr.png")));
        Assert.Equal(token, await Zbar.ReadAsync(Zbar.Rasterise(qr.Text(coloured: false).Split('\n'), Path.Combine(folder, "terminal.pgm"))));
        Directory.Delete(folder, recursive: true);
    }

    // With as many addresses, and every name as long as it may be.
    private static string Longest(int addresses, byte number = 0)
    {
        using var key = SigningKey.FromSeed(new byte[32]);
        var sponsor = DeviceCertificate.Issue(key, ulong.MaxValue, ulong.MaxValue, key.PublicKey, AccountId.Parse(new string('a', Limits.AccountName)), new string('世', Limits.DeviceName), Now, TimeSpan.FromDays(365));
        return PairingToken.Create(
            key, sponsor, PairingCode.Of(key.PublicKey), ProvisionalScope.Account, PairingNonce.FromBytes([number, .. new byte[15]]),
            Enumerable.Range(1, addresses).Select(n => new IPEndPoint(IPAddress.Parse($"2001:db8:1234:5678:9abc:def0:1234:{n:x}"), 65535)), Now, PairingToken.DefaultTtl).ToText();
    }

    [Fact]
    public void On_a_terminal_each_line_brings_its_own_colours_and_takes_them_back()
    {
        using var qr = new QrCode("osp1_");
        Assert.All(qr.Text(coloured: true).Split('\n'), line =>
        {
            Assert.StartsWith("\u001b[97;40m", line, StringComparison.Ordinal);
            Assert.EndsWith("\u001b[0m", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_picture_that_claims_to_be_huge_is_not_unpacked()
    {
        using var qr = new QrCode("osp1_");
        var claimed = qr.Png();
        // Width and height of the header chunk (PNG specification, 11.2.2).
        new byte[] { 0, 0, 0x3e, 0x80, 0, 0, 0x3e, 0x80 }.CopyTo(claimed, 16);
        Assert.Contains("16000 x 16000 pixels", Assert.Throws<PictureException>(() => QrPicture.Read(claimed, "it")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_a_picture_or_an_error_for_a_person()
    {
        using var qr = new QrCode("osp1_ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        var whole = qr.Png();
        var random = new Random(1);
        for (var round = 0; round < 400; round++)
        {
            byte[] bytes = [.. whole];
            for (var change = 0; change < 3; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var tried = random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            if (Record.Exception(() => QrPicture.Read(tried, "it")) is { } error)
                Assert.IsType<PictureException>(error);
        }
    }
}
