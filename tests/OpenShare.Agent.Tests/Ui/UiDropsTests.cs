using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;

namespace OpenShare.Agent.Tests.Ui;

[UnsupportedOSPlatform("windows")]
public sealed class UiDropsTests : IAsyncLifetime, IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly HttpClient _http;
    private AgentSession? _agent;

    public UiDropsTests() => _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = new Uri("http://agent/") };

    public async Task InitializeAsync() => _agent = await TestAgent.StartAsync(_home.Home, new FakeDevice(), _time);

    public async Task DisposeAsync() => await _agent!.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task What_a_page_has_left_unsent_for_an_hour_makes_room_for_others()
    {
        var left = Path.GetDirectoryName(await DropAsync())!;
        for (var more = 1; more < 8; more++)
            await DropAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync("v1/ui/drops", "")).StatusCode);

        _time.Advance(TimeSpan.FromMinutes(61));

        await DropAsync();
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public async Task A_file_that_is_there_already_is_not_lost_by_another_of_its_name()
    {
        var drop = await DropAsync();
        var files = $"v1/ui/drops/{Path.GetFileName(Path.GetDirectoryName(drop))}/files?path=a";
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(files, "first")).StatusCode);
        Assert.False((await PostAsync(files, "second")).IsSuccessStatusCode);
        Assert.Equal("first", await File.ReadAllTextAsync(Path.Combine(drop, "a")));
    }

    /// <returns>where its files lie</returns>
    private async Task<string> DropAsync()
    {
        var made = await PostAsync("v1/ui/drops", "");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("directory").GetString()!;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) => _http.PostAsync(path, new StringContent(body));

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(((ControlEndpoint.UnixSocket)TestAgent.Options(_home.Home).Control).Path), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
