using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;

namespace OpenShare.Device.Tests.Transport;

/// <summary>A device that may listen anywhere listens where it did last.</summary>
public sealed class LastPortTests : IDisposable
{
    private static readonly IPEndPoint Any = new(IPAddress.Parse("10.0.0.1"), 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("openshare-port").FullName;
    private readonly ITransport _transport = new MemoryNetwork().Host(Any.Address);

    private string PortFile => Path.Combine(_folder, "listen.port");

    [Fact]
    public void The_port_of_last_time_is_taken_again()
    {
        int port;
        using (var first = LastPort.Listen(_transport, Any, PortFile))
            port = first.LocalEndPoint.Port;

        using var second = LastPort.Listen(_transport, Any, PortFile);

        Assert.Equal(port, second.LocalEndPoint.Port);
    }

    [Fact]
    public void Another_is_taken_where_it_is_not_free_and_kept_for_the_next_time()
    {
        using var first = LastPort.Listen(_transport, Any, PortFile);
        int port;
        using (var second = LastPort.Listen(_transport, Any, PortFile))
            Assert.NotEqual(first.LocalEndPoint.Port, port = second.LocalEndPoint.Port);

        using var third = LastPort.Listen(_transport, Any, PortFile);

        Assert.Equal(port, third.LocalEndPoint.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("70000")]
    [InlineData("a port")]
    public void A_file_that_says_no_port_is_written_anew(string text)
    {
        File.WriteAllText(PortFile, text);

        using var listener = LastPort.Listen(_transport, Any, PortFile);

        Assert.Equal($"{listener.LocalEndPoint.Port}", File.ReadAllText(PortFile));
    }

    [Fact]
    public void A_port_that_was_asked_for_is_listened_on_and_not_kept()
    {
        using var listener = LastPort.Listen(_transport, new IPEndPoint(Any.Address, 4747), PortFile);

        Assert.Equal(4747, listener.LocalEndPoint.Port);
        Assert.False(File.Exists(PortFile));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
