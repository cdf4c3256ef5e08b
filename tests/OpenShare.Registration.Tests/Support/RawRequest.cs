using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace OpenShare.Registration.Tests.Support;

/// <summary>A request as bytes on a connection of its own, sent as slowly as a test likes.</summary>
internal sealed class RawRequest : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly SslStream _tls;

    private RawRequest(TcpClient tcp, SslStream tls) => (_tcp, _tls) = (tcp, tls);

    /// <param name="from">an address of this machine</param>
    public static async Task<RawRequest> ConnectAsync(Uri url, string? from = null)
    {
        var tcp = from is null ? new TcpClient() : new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        try
        {
            await tcp.ConnectAsync(url.Host, url.Port);
            var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown is not null);
            await tls.AuthenticateAsClientAsync("localhost");
            return new RawRequest(tcp, tls);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    public async Task SendAsync(string text)
    {
        await _tls.WriteAsync(Encoding.ASCII.GetBytes(text));
        await _tls.FlushAsync();
    }

    /// <summary>The answer's first line; empty where the connection ended without one.</summary>
    public async Task<string> StatusAsync()
    {
        using var reader = new StreamReader(_tls, Encoding.ASCII, leaveOpen: true);
        try
        {
            return await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _tls.DisposeAsync();
        _tcp.Dispose();
    }
}
