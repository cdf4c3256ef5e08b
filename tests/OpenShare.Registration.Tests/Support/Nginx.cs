using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Registration.Tests.Support;

/// <summary>nginx with the configuration that is handed out (Deploy/nginx.conf), before instances of these tests.</summary>
internal sealed partial class Nginx : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly Process _process;
    private readonly TempDirectory _directory;

    private Nginx(Process process, TempDirectory directory, int port) => (_process, _directory, Url) = (process, directory, new Uri($"https://127.0.0.1:{port}"));

    public Uri Url { get; }

    public static void Needed() => Skip.If(!File.Exists(Program), "nginx is not here (Debian: nginx-light)");

    public static async Task<Nginx> StartAsync(IEnumerable<Uri> instances, string certificate, string key)
    {
        var (directory, port) = (new TempDirectory(), FreePort());
        await File.WriteAllTextAsync(directory.File("nginx.conf"), $$"""
            {{(Environment.IsPrivilegedProcess ? "user root root;" : "")}}
            pid {{directory.File("pid")}};
            events { }
            http {
                access_log off;
                client_body_temp_path {{directory.File("body")}};
                proxy_temp_path {{directory.File("proxy")}};
                fastcgi_temp_path {{directory.File("fastcgi")}};
                uwsgi_temp_path {{directory.File("uwsgi")}};
                scgi_temp_path {{directory.File("scgi")}};
                {{await ConfigurationAsync(instances, port, certificate, key)}}
            }
            """);
        var process = Process.Start(new ProcessStartInfo(
            Program, ["-p", directory.Path, "-e", directory.File("error.log"), "-c", directory.File("nginx.conf"), "-g", "daemon off;"]))!;
        var nginx = new Nginx(process, directory, port);
        await Eventually.TrueAsync(() => nginx.ListensAsync(), listens => listens);
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task<string> ConfigurationAsync(IEnumerable<Uri> instances, int port, string certificate, string key)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "OpenShare.Registration", "Deploy", "nginx.conf"));
        var servers = string.Concat(instances.Select(i => $"    server {i.Authority} max_fails=1 fail_timeout=2s;\n"));
        return Servers().Replace(text, servers, 1)
            .Replace("listen 443 ssl", $"listen 127.0.0.1:{port} ssl", StringComparison.Ordinal)
            .Replace("/etc/openshare/tls.pem", certificate, StringComparison.Ordinal)
            .Replace("/etc/openshare/tls-key.pem", key, StringComparison.Ordinal)
            .Replace("openshare.example.org", "localhost", StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> ListensAsync()
    {
        Assert.False(_process.HasExited, "nginx has ended");
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, Url.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"(    server \S+:8443[^\n]*\n)+")]
    private static partial Regex Servers();
}
