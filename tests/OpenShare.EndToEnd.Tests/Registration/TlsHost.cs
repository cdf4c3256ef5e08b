using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OpenShare.EndToEnd.Tests.Registration;

/// <summary>Something that answers TLS on loopback with a key of its own, and keeps what it was told in clear.</summary>
internal sealed class TlsHost : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = SelfSigned();
    private readonly ConcurrentQueue<byte[]> _heard = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<SslStream, TlsHost, CancellationToken, Task> _serve;

    private TlsHost(Func<SslStream, TlsHost, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public string Fingerprint => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(_certificate.RawData));

    /// <summary>Every byte that clients sent, as text.</summary>
    public string Heard => string.Concat(_heard.Select(System.Text.Encoding.Latin1.GetString));

    /// <summary>Repeats what clients say to the real service, and its answers to them.</summary>
    public static TlsHost RelayTo(int port) => new(async (client, host, cancel) =>
    {
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(IPAddress.Loopback, port, cancel);
#pragma warning disable CA5359 // This is the attacker: it does not care whom it talks to.
        await using var service = new SslStream(upstream.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await service.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, cancel);
        await Task.WhenAny(host.CopyAsync(client, service, hear: true, cancel), host.CopyAsync(service, client, hear: false, cancel));
    });

    /// <summary>Waits for a request and never answers.</summary>
    public static TlsHost Silent() => new((client, _, cancel) => Task.Delay(Timeout.Infinite, cancel));

    /// <summary>Waits for a request and answers with these bytes, whatever it was.</summary>
    public static TlsHost Answering(string head, long bodyBytes = 0, string body = "") => new(async (client, host, cancel) =>
    {
        var buffer = new byte[16 * 1024];
        var length = await client.ReadAsync(buffer, cancel);
        host._heard.Enqueue(buffer[..length]);
        await client.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n" + body), cancel);
        Array.Fill(buffer, (byte)'a');
        for (; bodyBytes > 0; bodyBytes -= buffer.Length)
            await client.WriteAsync(buffer, cancel);
    });

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var cancel = _stop.Token;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(cancel), cancel);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient connection, CancellationToken cancel)
    {
        try
        {
            using (connection)
            await using (var tls = new SslStream(connection.GetStream()))
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, cancel);
                await _serve(tls, this, cancel);
            }
        }
        catch (Exception error) when (error is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away: that is what most of these tests are about.
        }
    }

    private async Task CopyAsync(SslStream from, SslStream to, bool hear, CancellationToken cancel)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, cancel) is var length and > 0)
        {
            if (hear)
                _heard.Enqueue(buffer[..length]);
            await to.WriteAsync(buffer.AsMemory(0, length), cancel);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=in between", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
