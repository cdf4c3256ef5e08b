using System.Net;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Http;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Hosting;

/// <summary>How many connections one address, and all together, may hold open. 127.0.0.2 is another client on this machine.</summary>
public sealed class ConnectionLimitTests
{
    private const string Other = "127.0.0.2";

    [SkippableFact]
    public async Task One_address_takes_no_more_than_its_share_and_gets_it_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "elsewhere 127.0.0.2 is nobody");
        await using var service = await StartAsync(o => o with { ConnectionsPerAddress = 3 });
        var held = await HoldAsync(service, 3);

        await RefusedAsync(service);
        await using (await RawRequest.ConnectAsync(service.Url, Other)) { }

        await held[0].DisposeAsync();
        await using var again = await Eventually.TrueAsync(async () => await TryAsync(service), connection => connection is not null);
        await RefusedAsync(service);
        await LetGoAsync(held);
    }

    [Fact]
    public async Task A_trusted_proxy_has_no_share()
    {
        await using var service = await StartAsync(o => o with { ConnectionsPerAddress = 1, TrustedProxies = [TrustedProxies.TryParse("127.0.0.0/8", out _)!.Value] });

        await LetGoAsync(await HoldAsync(service, 5));
    }

    [SkippableFact]
    public async Task When_all_are_taken_the_owner_is_answered_nevertheless()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "elsewhere 127.0.0.2 is nobody");
        await using var service = await StartAsync(o => o with { Connections = 3 });
        var held = await HoldAsync(service, 3);

        await RefusedAsync(service, Other);
        using var owner = await SocketAdministration.TryConnectAsync(service.Data.Socket, default);
        Assert.Empty((await owner!.ListDevicesAsync(null, default)).Value().Devices);
        await LetGoAsync(held);
    }

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("10.0.0.5", "10.0.0.6", false)]
    [InlineData("10.0.0.5", "::ffff:10.0.0.5", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void An_IPv6_customer_is_one_client(string one, string other, bool same) =>
        Assert.Equal(same, ClientNetwork.Of(IPAddress.Parse(one)) == ClientNetwork.Of(IPAddress.Parse(other)));

    [Fact]
    public void A_proxy_is_known_by_its_mapped_address_too()
    {
        var proxies = new[] { TrustedProxies.TryParse("10.0.0.5", out _)!.Value };
        Assert.True(TrustedProxies.Includes(proxies, IPAddress.Parse("::ffff:10.0.0.5")));
        Assert.False(TrustedProxies.Includes(proxies, IPAddress.Parse("10.0.0.6")));
        Assert.False(TrustedProxies.Includes(proxies, null));
    }

    private static Task<TestService> StartAsync(Func<RegistrationOptions, RegistrationOptions> change) => TestService.StartAsync(change);

    private static async Task<List<RawRequest>> HoldAsync(TestService service, int count)
    {
        var held = new List<RawRequest>();
        while (held.Count < count)
            held.Add(await RawRequest.ConnectAsync(service.Url));
        return held;
    }

    private static async Task LetGoAsync(List<RawRequest> held)
    {
        foreach (var one in held)
            await one.DisposeAsync();
    }

    private static async Task<RawRequest?> TryAsync(TestService service)
    {
        try
        {
            return await RawRequest.ConnectAsync(service.Url);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Task RefusedAsync(TestService service, string? from = null) =>
        Assert.ThrowsAsync<IOException>(() => RawRequest.ConnectAsync(service.Url, from));
}
