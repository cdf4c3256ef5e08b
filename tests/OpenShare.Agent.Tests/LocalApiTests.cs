using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Views;

namespace OpenShare.Agent.Tests;

/// <summary>The control API as any program may speak it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LocalApiTests : IAsyncLifetime, IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();
    private readonly HttpClient _http;
    private AgentSession? _agent;

    public LocalApiTests() =>
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = new Uri("http://agent/") };

    public async Task InitializeAsync() => _agent = await TestAgent.StartAsync(_home.Home, _device);

    public async Task DisposeAsync() => await _agent!.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task It_says_which_program_answers()
    {
        var health = await _http.GetStringAsync("v1/health");

        Assert.Contains($"\"process_id\":{Environment.ProcessId}", health, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1/sends", "")]
    [InlineData("v1/sends", "{nope")]
    [InlineData("v1/sends", "null")]
    [InlineData("v1/sends", "{}")]
    [InlineData("v1/sends", """{"paths":null,"to":"bob"}""")]
    [InlineData("v1/sends", """{"paths":[],"to":"bob"}""")]
    [InlineData("v1/sends", """{"paths":["relative"],"to":"bob"}""")]
    [InlineData("v1/sends", """{"paths":[null],"to":"bob"}""")]
    [InlineData("v1/sends", """{"paths":["/etc"],"to":"bob","text":"both"}""")]
    [InlineData("v1/sends", """{"paths":[],"to":"bob","text":""}""")]
    [InlineData("v1/transfers/7aaa/accept", """{"save_to":"relative"}""")]
    [InlineData("v1/transfers/7aaa/decline", """{"save_to":"/tmp"}""")]
    [InlineData("v1/peers/bob/accept", """{"answer":"sometimes"}""")]
    [InlineData("v1/registration", """{"server":"https://share.example"}""")]
    [InlineData("v1/registration", """{"server":"https://share.example","token":"ost1_!"}""")]
    [InlineData("v1/receipts/verify", """{"receipt":"not base64url!"}""")]
    public async Task A_request_that_makes_no_sense_is_refused_and_reaches_no_device(string path, string body)
    {
        using var content = new StringContent(body);
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("""{"code":"bad_request","message":""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_device.Sends);
        Assert.Empty(_device.Texts);
        Assert.Empty(_device.Orders);
    }

    [Theory]
    [InlineData("from=-1")]
    [InlineData("from=x")]
    [InlineData("count=1001")]
    [InlineData("state=lost")]
    public async Task A_list_of_files_that_makes_no_sense_is_refused(string query)
    {
        _device.SetTransfer(Some.Transfer);
        using var response = await _http.GetAsync(new Uri($"v1/transfers/7a/files?{query}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("{\"code\":\"bad_request\",\"message\":", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_device.FilesAsked);
    }

    [Fact]
    public async Task Of_files_that_nothing_is_known_of_it_says_so()
    {
        _device.SetTransfer(Some.Transfer);
        using var response = await _http.GetAsync(new Uri("v1/transfers/7a/files", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.StartsWith("{\"code\":\"not_found\",\"message\":", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_longer_than_a_text_may_be_is_refused_without_being_repeated()
    {
        using var content = new StringContent($$"""{"paths":[],"to":"bob","text":"{{new string('x', 1024 * 1024 + 1)}}"}""");
        using var response = await _http.PostAsync(new Uri("v1/sends", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("""{"code":"bad_request","message":"The text is longer than 1 MiB. Send it as a file."}""", await response.Content.ReadAsStringAsync());
        Assert.Empty(_device.Texts);
    }

    [Fact]
    public async Task An_answer_needs_no_body_and_a_second_one_comes_too_late()
    {
        _device.SetTransfer(Some.Transfer with { Direction = TransferDirection.Receiving, State = TransferState.AwaitingAnswer });
        var path = new Uri("v1/transfers/7aaa/accept", UriKind.Relative);

        using var first = await _http.PostAsync(path, content: null);
        using var second = await _http.PostAsync(path, content: null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
        Assert.StartsWith("""{"code":"not_asked",""", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((true, false, null), Assert.Single(_device.Answers));
    }

    [Theory]
    [InlineData("v1/transfers/7aaa", HttpStatusCode.NotFound)]
    [InlineData("v1/transfers/7aaa/receipt", HttpStatusCode.NotFound)]
    [InlineData("v1/transfers/7aaa/watch", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_not_found(string path, HttpStatusCode status)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, response.StatusCode);
        Assert.Contains("not_found", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_does_not_answer_in_time_is_said_so()
    {
        _device.OnSend = _ => throw new TimeoutException();
        _device.SetPeers(Some.Peer);
        using var content = new StringContent("""{"paths":["/f"],"to":"bob"}""");

        using var response = await _http.PostAsync(new Uri("v1/sends", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("did not answer in time", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transfer_is_watched_to_its_end_and_no_further()
    {
        _device.SetTransfer(Some.Transfer);
        using var stop = new CancellationTokenSource(Until.Deadline);
        var states = new List<string>();

        await foreach (var transfer in _agent!.Client.WatchTransferAsync("7aaa", stop.Token))
        {
            states.Add(transfer.State);
            _device.SetTransfer(Some.Completed);
        }

        Assert.Equal(["transferring", "completed"], states);
    }

    [Fact]
    public async Task A_transfer_nobody_waits_to_hear_of_is_cancelled()
    {
        _device.SetPeers(Some.Peer);
        _device.BeforeSend = left => Task.Delay(Timeout.Infinite, left).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Until.Deadline, CancellationToken.None);
        _device.OnSend = _ =>
        {
            _device.SetTransfer(Some.Transfer);
            return new SendStart.Started(Some.TransferId);
        };
        using var leave = new CancellationTokenSource();
        var sending = _agent!.Client.SendAsync(new(["/f"], "bob"), leave.Token);
        await Until.TrueAsync(() => _device.Sends.Count == 1, "the device is asked");

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Until.TrueAsync(() => _device.Transfers is [{ State: TransferState.Cancelled }], "the transfer is cancelled");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(((ControlEndpoint.UnixSocket)ControlEndpoint.Of(_home.Home)).Path), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
