using System.Net;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Ui;

/// <summary>Whoever reaches the port of the pages, and has no business there: other users of the machine, and other pages in the same browser.</summary>
[Collection(Processes.Name)]
public sealed class DoorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestDevice _device;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false });

    public DoorTests() => _device = new TestDevice(_folder.Path, "tablet");

    [Fact]
    public async Task The_door_opens_to_a_link_that_is_good_once_and_to_nobody_else()
    {
        var (address, cookie, link) = await EnterAsync();
        await RefusedAsync(HttpMethod.Get, link);

        foreach (var path in (string[])["", "main.js", "v1/status", "v1/metrics", "v1/ui/watch"])
            await RefusedAsync(HttpMethod.Get, address + path);
        await RefusedAsync(HttpMethod.Get, address + "v1/status", ("Cookie", cookie[..^4] + "AAAA"));
        await RefusedAsync(HttpMethod.Get, address + "open?key=");
        // A page makes no further links, and hands no files over.
        foreach (var path in (string[])["v1/ui/link", "v1/ui/selections"])
            await RefusedAsync(HttpMethod.Post, address + path, ("Cookie", cookie), ("Origin", address[..^1]));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, address + "v1/status", ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task Another_page_in_the_same_browser_gets_nothing_by_name_or_by_origin()
    {
        var (address, cookie, _) = await EnterAsync();
        var port = new Uri(address).Port;
        // A name of somebody's that resolves to this machine.
        foreach (var host in (string[])["evil.example", $"evil.example:{port}", "127.0.0.1", $"127.0.0.1:{port + 1}", $"127.0.0.1.evil.example:{port}"])
            await RefusedAsync(HttpMethod.Get, address + "v1/status", ("Cookie", cookie), ("Host", host));
        // Sent by another page, with the cookie that a browser might add.
        foreach (var origin in (string[])["http://evil.example", "null", $"http://127.0.0.1:{port + 1}", $"https://127.0.0.1:{port}", $"http://127.0.0.1:{port}.evil.example", "file://"])
            await RefusedAsync(HttpMethod.Post, address + "v1/pairing/announcement", ("Cookie", cookie), ("Origin", origin));
        await RefusedAsync(HttpMethod.Post, address + "v1/pairing/announcement", ("Cookie", cookie));
        await RefusedAsync(HttpMethod.Options, address + "v1/pairing/announcement", ("Cookie", cookie), ("Origin", "http://evil.example"), ("Access-Control-Request-Method", "POST"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, address + "v1/pairing/announcement", ("Cookie", cookie), ("Origin", address[..^1]))).StatusCode);
    }

    [Fact]
    public async Task No_page_may_be_framed_or_load_anything_from_elsewhere_and_the_cookie_goes_to_no_other_site()
    {
        var (address, cookie, _) = await EnterAsync();
        var page = await SendAsync(HttpMethod.Get, address, ("Cookie", cookie));
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        foreach (var rule in (string[])["default-src 'none'", "frame-ancestors 'none'", "script-src 'self'", "form-action 'none'"])
            Assert.Contains(rule, policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task What_is_dropped_stays_below_its_place_and_within_bounds()
    {
        var (address, cookie, _) = await EnterAsync();
        (string, string)[] own = [("Cookie", cookie), ("Origin", address[..^1])];
        var drop = await (await SendAsync(HttpMethod.Post, address + "v1/ui/drops", own)).Content.ReadAsStringAsync();
        var id = System.Text.Json.JsonDocument.Parse(drop).RootElement.GetProperty("id").GetString();
        foreach (var path in (string[])["../../key", "/etc/passwd", "a/../../b", "", "a//b", "a%00b"])
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, $"{address}v1/ui/drops/{id}/files?path={path}", own)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Post, $"{address}v1/ui/drops/..%2f..%2f/files?path=a", own)).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_device.Home, "drops", id!, "files")));
        for (var more = 1; more < 8; more++)
            Assert.Equal(HttpStatusCode.Created, (await SendAsync(HttpMethod.Post, address + "v1/ui/drops", own)).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await SendAsync(HttpMethod.Post, address + "v1/ui/drops", own)).StatusCode);
    }

    /// <summary>As the owner does, who has the home.</summary>
    private async Task<(string Address, string Cookie, string Link)> EnterAsync()
    {
        await _device.StartUnregisteredAgentAsync();
        var link = (await _device.RunAsync("ui", "--print")).EndedWith(0).Output.Trim();
        var opened = await SendAsync(HttpMethod.Get, link);
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        return (new Uri(link).GetLeftPart(UriPartial.Authority) + "/", cookie[..cookie.IndexOf(';', StringComparison.Ordinal)], link);
    }

    private async Task RefusedAsync(HttpMethod method, string address, params (string Name, string Value)[] headers) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(method, address, headers)).StatusCode);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public void Dispose()
    {
        _http.Dispose();
        _device.Dispose();
        _folder.Dispose();
    }
}
