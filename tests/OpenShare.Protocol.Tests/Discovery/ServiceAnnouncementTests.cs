using System.Text;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery;

public sealed class ServiceAnnouncementTests
{
    private const string Complete = "v=1 acct_hash=0123456789abcdef dev_id=00112233445566778899aabbccddeeff short_fp=fedcba9876543210 port=4711";

    [Fact]
    public void An_announcement_is_read_as_it_was_written()
    {
        var announcement = Some.Options(7).Announcement;

        Assert.Equal(announcement, ServiceAnnouncement.TryRead(announcement.ToText()));
    }

    [Fact]
    public void Its_fields_are_the_protocols() =>
        Assert.Equal(
            new ServiceAnnouncement(AccountHash.Parse("0123456789abcdef"), DeviceId.Parse("00112233445566778899aabbccddeeff"), "fedcba9876543210", 4711),
            ServiceAnnouncement.TryRead(Text(Complete)));

    [Theory]
    [InlineData(" news=0123abcd", "0123abcd")]
    [InlineData(" news=0123ABCD", "0123abcd")]
    [InlineData("", null)]
    [InlineData(" news=", null)]
    [InlineData(" news=0123abcg", null)]
    [InlineData(" news=0123abcd0", null)]
    public void What_it_knows_is_said_or_not(string field, string? news) =>
        Assert.Equal(news, ServiceAnnouncement.TryRead(Text(Complete + field))!.News?.ToString());

    [Theory]
    [InlineData("v=1", "v=1.7", "a later minor version")]
    [InlineData("v=1", "flag v=1 other=x =y", "fields nobody knows")]
    [InlineData("v=1", "v=1 V=2", "a field a second time: the first counts")]
    [InlineData("port=4711", "PORT=4711", "keys in another case")]
    public void It_is_understood_with(string field, string other, string what)
    {
        Assert.NotNull(ServiceAnnouncement.TryRead(Text(Complete.Replace(field, other, StringComparison.Ordinal))));
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("v=1", "v=2")]
    [InlineData("v=1", "v=10")]
    [InlineData("v=1", "")]
    [InlineData("acct_hash=0123456789abcdef", "acct_hash=0123456789abcde")]
    [InlineData("acct_hash=0123456789abcdef", "acct_hash=0123456789abcdeg")]
    [InlineData("dev_id=00112233445566778899aabbccddeeff", "dev_id=0011")]
    [InlineData("short_fp=fedcba9876543210", "short_fp=../../etc/passwd")]
    [InlineData("port=4711", "port=0")]
    [InlineData("port=4711", "port=65536")]
    [InlineData("port=4711", "port=-1")]
    [InlineData("port=4711", "port=")]
    public void It_is_ignored_with(string field, string other) =>
        Assert.Null(ServiceAnnouncement.TryRead(Text(Complete.Replace(field, other, StringComparison.Ordinal))));

    [Fact]
    public void Any_text_is_an_announcement_or_none()
    {
        var random = new Random(2);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.Null(ServiceAnnouncement.TryRead(new DnsData.Text(bytes)));
        }
    }

    [Fact]
    public void An_account_hash_tells_keys_apart_and_refuses_a_short_one()
    {
        Assert.NotEqual(Some.Account, Some.OtherAccount);
        Assert.Equal(Some.Account, AccountHash.Parse(Some.Account.ToString()));
        Assert.Throws<ProtocolException>(() => AccountHash.FromKey(new byte[15]));
    }

    private static DnsData.Text Text(string fields) =>
        new(fields.Split(' ').SelectMany(f => Encoding.ASCII.GetBytes(f).Prepend((byte)f.Length)).ToArray());
}
