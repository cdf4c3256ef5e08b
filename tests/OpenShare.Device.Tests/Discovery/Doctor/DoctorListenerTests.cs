using System.Net;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Tests.Discovery.Doctor;

/// <summary>An agent that is started to find out what is wrong listens where the one that stays would.</summary>
public sealed class DoctorListenerTests : IDisposable
{
    private static readonly IPEndPoint Any = new(IPAddress.Loopback, 0);

    private readonly TemporaryFolder _folder = new();
    private readonly TcpTransport _transport = new();

    private string PortFile => _folder["listen.port"];

    [Fact]
    public void Where_its_port_or_address_cannot_be_had_it_listens_elsewhere_and_says_why()
    {
        using var holder = _transport.Listen(Any);

        using var elsewhere = Open(holder.LocalEndPoint, out var taken);
        Assert.Equal(new ListeningFacts.Taken(holder.LocalEndPoint), taken);
        Assert.NotEqual(holder.LocalEndPoint.Port, elsewhere.LocalEndPoint.Port);

        var nowhere = IPEndPoint.Parse("203.0.113.77:4747");
        using var anywhere = Open(nowhere, out var missing);
        Assert.Equal(new ListeningFacts.NoSuchAddress(nowhere), missing);
    }

    [Fact]
    public void The_port_that_the_agent_had_last_is_taken()
    {
        int port;
        using (var agent = LastPort.Listen(_transport, Any, PortFile))
            port = agent.LocalEndPoint.Port;

        using var listener = Open(Any, out var found);

        Assert.Equal((port, new ListeningFacts.Open(port)), (listener.LocalEndPoint.Port, found));
    }

    [Fact]
    public void A_port_that_was_taken_for_the_look_is_passing_and_not_kept()
    {
        using var listener = Open(Any, out var found);

        Assert.Equal(new ListeningFacts.Open(listener.LocalEndPoint.Port, IsPassing: true), found);
        Assert.False(File.Exists(PortFile));
    }

    [Fact]
    public void A_port_that_the_agent_had_and_another_program_has_now_is_passing_and_the_kept_one_stays()
    {
        using var agent = LastPort.Listen(_transport, Any, PortFile);

        using var listener = Open(Any, out var found);

        Assert.True(Assert.IsType<ListeningFacts.Open>(found).IsPassing);
        Assert.Equal($"{agent.LocalEndPoint.Port}", File.ReadAllText(PortFile));
    }

    [Fact]
    public void The_port_of_a_relay_in_front_is_the_one_that_counts()
    {
        using var listener = DoctorListener.Open(_transport, Any, PortFile, advertised: 4747, out var found);

        Assert.Equal(new ListeningFacts.Open(4747), found);
    }

    public void Dispose() => _folder.Dispose();

    private ITransportListener Open(IPEndPoint wanted, out ListeningFacts found) => DoctorListener.Open(_transport, wanted, PortFile, advertised: null, out found);
}
