using System.Net;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Agent.Tests;

public sealed class AgentSettingsTests
{
    private static AgentOptions Read(params (string Key, string? Value)[] environment) =>
        AgentSettings.Read("/tmp/h", [], AgentReach.Network, environment.ToDictionary(e => e.Key, e => e.Value));

    [Fact]
    public void What_nobody_set_is_sensible()
    {
        var options = Read();

        Assert.Equal("/tmp/h", options.Home);
        Assert.Equal(AcceptFrom.Own, options.Accept);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 0), options.Listen);
        Assert.Null(options.AdvertisedPort);
        Assert.Empty(options.Interfaces);
        Assert.True(Path.IsPathFullyQualified(options.SaveTo));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, options.LogLevel);
        Assert.Equal((CarrierRule.Measured, null), (options.Carriers, options.QuicLibrary));
    }

    [Fact]
    public void What_streams_go_over_and_where_the_library_of_quic_lies_is_the_environments()
    {
        var options = Read(("OPENSHARE__CARRIERS", "quic"), ("OPENSHARE_MSQUIC", "/opt/libmsquic.so.2"));

        Assert.Equal((CarrierRule.Quic, "/opt/libmsquic.so.2"), (options.Carriers, options.QuicLibrary));
    }

    [Fact]
    public void A_transfer_is_rehearsed_unless_the_agent_is_told_not_to()
    {
        Assert.Equal(YesNo.Yes, Read().Rehearsal);
        Assert.Equal(YesNo.No, Read(("OPENSHARE__REHEARSAL", "no")).Rehearsal);
    }

    [Fact]
    public void A_stale_list_is_used_unless_the_agent_is_told_to_refuse()
    {
        Assert.Equal(StaleListRule.Warn, Read().StaleList);
        Assert.Equal(StaleListRule.Refuse, AgentSettings.Read("/tmp/h", [new(AgentSettings.StaleList, "refuse")], AgentReach.Network, new Dictionary<string, string?>()).StaleList);
        Assert.ThrowsAny<Exception>(() => AgentSettings.Read("/tmp/h", [new(AgentSettings.StaleList, "perhaps")], AgentReach.Network, new Dictionary<string, string?>()));
    }

    [Fact]
    public void What_provisional_devices_send_has_no_limit_and_no_place_of_its_own_unless_the_agent_is_told_so()
    {
        Assert.Equal(ProvisionalRule.None, Read().Provisional);
        Assert.Equal(new ProvisionalRule(500L * 1024 * 1024, "/srv/apart"), Read(("OPENSHARE__PROVISIONALLIMIT", "500M"), ("OPENSHARE__PROVISIONALTO", "/srv/apart")).Provisional);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1M")]
    [InlineData("much")]
    [InlineData("9000000000G")]
    public void A_limit_that_is_no_size_is_said_to_be_none(string text) =>
        Assert.Contains("The setting ProvisionalLimit is", Assert.Throws<SettingException>(() => Read(("OPENSHARE__PROVISIONALLIMIT", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_environment_sets_what_the_command_line_does_not()
    {
        Dictionary<string, string?> environment = new() { ["OPENSHARE__Accept"] = "none", ["OPENSHARE__SAVETO"] = "/srv/in", ["OPENSHARE__Discovery__AdvertisedPort"] = "4848" };

        var options = AgentSettings.Read("/tmp/h", [new(AgentSettings.Accept, "own"), new(AgentSettings.SaveTo, null)], AgentReach.Network, environment);

        Assert.Equal(AcceptFrom.Own, options.Accept);
        Assert.Equal("/srv/in", options.SaveTo);
        Assert.Equal(4848, options.AdvertisedPort);
    }

    [Fact]
    public void A_home_is_the_given_one_or_the_environments()
    {
        Dictionary<string, string?> environment = new() { ["OPENSHARE_HOME"] = "/tmp/from-environment/" };

        Assert.Equal("/tmp/from-environment", AgentSettings.Read(null, [], AgentReach.Network, environment).Home);
        Assert.Equal("/tmp/given", AgentSettings.Read("/tmp/given", [], AgentReach.Network, environment).Home);
    }

    [Theory]
    [InlineData("127.0.0.1:4747", "127.0.0.1:4747")]
    [InlineData("[::1]:0", "[::1]:0")]
    [InlineData("*:4747", "[::]:4747")]
    public void An_address_to_listen_on_is_read(string text, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), Read(("OPENSHARE__LISTEN", text)).Listen);

    [Theory]
    [InlineData("OPENSHARE__LISTEN", "127.0.0.1")]
    [InlineData("OPENSHARE__LISTEN", "::1")]
    [InlineData("OPENSHARE__LISTEN", "fe80::1:4747")]
    [InlineData("OPENSHARE__LISTEN", "[::1]")]
    [InlineData("OPENSHARE__LISTEN", "somewhere:4747")]
    [InlineData("OPENSHARE__LISTEN", "127.0.0.1:70000")]
    [InlineData("OPENSHARE__ACCEPT", "rules")]
    [InlineData("OPENSHARE__ACCEPT", "1")]
    [InlineData("OPENSHARE__DISCOVERY__ADVERTISEDPORT", "0")]
    [InlineData("OPENSHARE__DISCOVERY__ADVERTISEDPORT", "-1")]
    [InlineData("OPENSHARE__NAME", "two\nlines")]
    [InlineData("OPENSHARE__LOGLEVEL", "loud")]
    [InlineData("OPENSHARE__REHEARSAL", "perhaps")]
    [InlineData("OPENSHARE__CARRIERS", "udp")]
    public void A_bad_value_is_named_with_what_it_must_be(string key, string value)
    {
        var refused = Assert.Throws<SettingException>(() => Read((key, value)));

        Assert.Contains(key[(key.LastIndexOf('_') + 1)..], refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("must be", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Interfaces_are_a_list() => Assert.Equal("eth0 wlan0", string.Join(" ", Read(("OPENSHARE__INTERFACES", "eth0, wlan0")).Interfaces));

    [Fact]
    public void A_passphrase_comes_from_a_systemd_credential_where_no_file_is_named()
    {
        using var directory = new TestHome();
        directory.Write("openshare-passphrase", "open sesame\n");

        Assert.Equal(Path.Combine(directory.Root, "openshare-passphrase"), Read(("CREDENTIALS_DIRECTORY", directory.Root)).PassphraseFile);
        Assert.Equal("/other", Read(("CREDENTIALS_DIRECTORY", directory.Root), ("OPENSHARE__PASSPHRASEFILE", "/other")).PassphraseFile);
    }

    [Fact]
    public void A_passphrase_is_the_first_line_and_never_printed()
    {
        using var directory = new TestHome();

        var passphrase = PassphraseFile.Read(directory.Write("file", "open sesame\nsecond line\n"));

        Assert.Equal("open sesame", passphrase.Reveal());
        Assert.DoesNotContain("sesame", passphrase.ToString(), StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<AgentStartException>(() => PassphraseFile.Read(directory.Write("empty", "\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<AgentStartException>(() => PassphraseFile.Read("/no/such")).Message, StringComparison.Ordinal);
    }
}
