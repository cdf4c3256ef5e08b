using System.Net;
using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Strangers who take up the port.</summary>
public sealed class FloodTests : PeersKit
{
    // Half of the time that a connection on which nothing is said may stay.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);

    [Fact]
    public async Task A_peer_gets_in_while_strangers_fill_the_port_again_and_again()
    {
        var (a, b) = (Start("alice", "127.0.0.1"), Start("bob", "127.0.0.2"));
        using var over = new CancellationTokenSource();
        var strangers = Enumerable.Range(0, HalfOpen.Most).Select(i => TransportOf(IPAddress.Parse($"127.0.9.{1 + i % 3}"))).ToList();
        var silent = await Task.WhenAll(strangers.Select(s => s.ConnectAsync(a.Address, default)));
        var flood = strangers.Zip(silent, (stranger, connection) => ComesAgain(stranger, connection, a.Address, over.Token)).ToList();
        See(b, a);

        b.Peers.Tell(new PeerCommands.Connect(a.Id));

        await b.Events.FishForMessageAsync<PeerEvents.LinkOpened>(_ => true, Soon);
        await over.CancelAsync();
        await Task.WhenAll(flood);
    }

    private static async Task ComesAgain(ITransport from, ITransportConnection connection, IPEndPoint at, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                await connection.ReadAsync(new byte[1], over);
            }
            catch (TransportException)
            {
                // The test is over.
            }
            connection.Dispose();
            // Not on the thread of whoever ended it.
            await Task.Yield();
            connection = await from.ConnectAsync(at, default);
        }
        connection.Dispose();
    }
}
