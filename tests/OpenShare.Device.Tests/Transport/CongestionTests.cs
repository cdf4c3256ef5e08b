using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenShare.Device.Transport.Tcp;

namespace OpenShare.Device.Tests.Transport;

public sealed class CongestionTests
{
    private const int SolTcp = 6, TcpCongestion = 13;
    private static readonly IPAddress Host = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");

    [Theory]
    [InlineData(PathLoss.Sample, 0, false)]
    [InlineData(PathLoss.Sample, 2, false)]
    [InlineData(PathLoss.Sample, 3, true)]
    [InlineData(PathLoss.Sample - 1, 500, false)]
    public void A_path_is_lossy_once_half_a_percent_of_a_sample_is_sent_again(long sent, long again, bool isLossy)
    {
        var path = new PathLoss();
        path.Count(sent, again);
        Assert.Equal(isLossy, path.IsLossy);
    }

    [Fact]
    public void Connections_to_one_host_make_their_samples_together_and_each_sample_counts_for_itself()
    {
        var path = new PathLoss();
        for (var i = 0; i < 100; i++)
            path.Count(PathLoss.Sample, 1);
        Assert.False(path.IsLossy);

        for (var i = 0; i < 4; i++)
            path.Count(PathLoss.Sample / 4, 1);
        Assert.True(path.IsLossy);

        path.Count(PathLoss.Sample, 0);
        Assert.True(path.IsLossy, "a path is not tried out anew");
    }

    [Fact]
    public void What_is_sent_again_in_vain_is_not_lost()
    {
        var counts = new Retransmissions();
        Assert.Equal((100, 0), counts.Since(100, 5, 0));
        Assert.Equal((100, 2), counts.Since(200, 5, 3));
        Assert.Equal((100, 0), counts.Since(300, 5, 4));
        Assert.Equal((100, 0), counts.Since(400, 8, 5));
        Assert.Equal((100, 1), counts.Since(500, 8, 5));
    }

    [Fact]
    public void What_is_lost_is_counted_past_the_end_of_the_systems_numbers()
    {
        var counts = new Retransmissions();
        counts.Since(uint.MaxValue - 9, uint.MaxValue - 1, 0);
        counts.Since(uint.MaxValue, uint.MaxValue, uint.MaxValue - 1);
        Assert.Equal((11, 1), counts.Since(10, 4, uint.MaxValue - 1));
        Assert.Equal((0, 5), counts.Since(10, 4, uint.MaxValue - 1));
    }

    [Fact]
    public void A_path_is_known_for_as_long_as_a_connection_goes_there()
    {
        var paths = new TcpPaths();
        var path = paths.Take(Host);
        Assert.Same(path, paths.Take(Host));
        Assert.NotSame(path, paths.Take(Other));
        paths.Release(Host);
        Assert.Same(path, paths.Take(Host));

        paths.Release(Host);
        paths.Release(Host);
        paths.Release(Other);

        Assert.Equal(0, paths.Count);
        Assert.NotSame(path, paths.Take(Host));
    }

    [SkippableTheory]
    [InlineData(CongestionControl.Lossy, false)]
    [InlineData("none-such", true)]
    public async Task A_connection_is_held_back_where_its_path_is_lossy_and_the_system_has_nothing_for_that(string forLoss, bool isHeldBack)
    {
        if (!isHeldBack)
            SkipWithout(forLoss);
        var (near, far) = await ConnectedAsync();
        using var ends = far;
        using var socket = near;
        var path = new PathLoss();
        var clean = new CongestionControl(socket, path, forLoss);
        clean.Begin();
        Assert.False(clean.IsHeldBackByLoss);
        path.Count(PathLoss.Sample, PathLoss.Sample);
        var lossy = new CongestionControl(socket, path, forLoss);
        lossy.Begin();
        Assert.Equal(isHeldBack, lossy.IsHeldBackByLoss);
    }

    [SkippableFact]
    public async Task A_connection_begins_with_cubic_and_changes_to_bbr_under_way_when_its_path_is_lossy()
    {
        SkipWithout(CongestionControl.Clean, CongestionControl.Lossy);
        var (paths, (near, far)) = (new TcpPaths(), await ConnectedAsync());
        using (far)
        {
            using var connection = new TcpConnection(near, paths);
            var reading = DrainAsync(far);
            await WriteAsync(connection, 4);
            Assert.Equal(CongestionControl.Clean, AlgorithmOf(near));

            paths.Take(IPAddress.Loopback).Count(PathLoss.Sample, PathLoss.Sample);
            await WriteAsync(connection, 1);
            Assert.Equal(CongestionControl.Lossy, AlgorithmOf(near));

            await WriteAsync(connection, 1);
            connection.Dispose();
            Assert.Equal(6 * 1024 * 1024, await reading);
        }
    }

    [SkippableFact]
    public async Task A_further_connection_on_a_lossy_path_begins_with_bbr()
    {
        SkipWithout(CongestionControl.Lossy);
        var (paths, (near, far)) = (new TcpPaths(), await ConnectedAsync());
        using (far)
        {
            paths.Take(IPAddress.Loopback).Count(PathLoss.Sample, PathLoss.Sample);
            using var connection = new TcpConnection(near, paths);
            Assert.Equal(CongestionControl.Lossy, AlgorithmOf(near));
        }
    }

    [Fact]
    public async Task What_a_connection_to_a_host_that_loses_nothing_sends_makes_no_lossy_path()
    {
        var (paths, (near, far)) = (new TcpPaths(), await ConnectedAsync());
        using (far)
        {
            using var connection = new TcpConnection(near, paths);
            var reading = DrainAsync(far);
            await WriteAsync(connection, 64);
            Assert.False(paths.Take(IPAddress.Loopback).IsLossy);
            connection.Dispose();
            await reading;
        }
        Assert.Equal(1, paths.Count);
    }

    [SkippableFact]
    public void A_packet_that_is_not_answered_is_tried_again_every_second_at_least()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.OSVersion.Version >= new Version(6, 15), "needs Linux 6.15");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        TcpSocketOptions.Apply(socket);

        var longest = new byte[sizeof(int)];
        socket.GetRawSocketOption(SolTcp, 44, longest);
        Assert.Equal(1000, BitConverter.ToInt32(longest));
    }

    private static void SkipWithout(params string[] algorithms)
    {
        const string Offered = "/proc/sys/net/ipv4/tcp_available_congestion_control";
        Skip.IfNot(File.Exists(Offered), "congestion control is chosen on Linux alone");
        var offered = File.ReadAllText(Offered).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        foreach (var algorithm in algorithms)
            Skip.IfNot(offered.Contains(algorithm), $"this kernel does not offer {algorithm}");
    }

    private static async Task<(Socket Near, Socket Far)> ConnectedAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!);
        return (near, await listener.AcceptAsync());
    }

    private static async Task WriteAsync(TcpConnection connection, int mebibytes)
    {
        for (var i = 0; i < mebibytes; i++)
            await connection.WriteAsync(new byte[1024 * 1024], default);
    }

    private static async Task<long> DrainAsync(Socket socket)
    {
        var (buffer, all) = (new byte[1024 * 1024], 0L);
        while (await socket.ReceiveAsync(buffer) is > 0 and var read)
            all += read;
        return all;
    }

    private static string AlgorithmOf(Socket socket)
    {
        var name = new byte[16];
        socket.GetRawSocketOption(SolTcp, TcpCongestion, name);
        return Encoding.ASCII.GetString(name).TrimEnd('\0');
    }
}
