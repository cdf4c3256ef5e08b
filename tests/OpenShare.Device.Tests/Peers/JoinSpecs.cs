using System.Net;
using Google.Protobuf;
using OpenShare.Device.Peers;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Transport.Tcp;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Peers;

/// <summary>Who may join a stream to a session, and how often.</summary>
public abstract class JoinSpecs : PeersKit
{
    private static readonly TransferId Transfer = TransferId.New(new SeededRandom(5));

    [SkippableFact]
    public async Task Whoever_knows_a_sessions_id_alone_uses_up_no_stream_id()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, context) = await DialByHand(Organisation.Enroll("alice"), b);
        using var control = link.Control;
        var session = link.Result.Session;
        await b.Hears<PeerEvents.LinkOpened>();
        for (uint id = 1; id <= 4; id++)
            Assert.False(await JoinAsStranger(context, b, session.Id, id));

        var joined = await new StreamRunner(context).DialAsync(b.Address, session, 1, Transfer, default);

        Assert.True(joined.Stream is not null, joined.Problem);
        Assert.Equal(1u, (await b.Hears<PeerEvents.StreamOpened>()).StreamId);
    }

    [SkippableFact]
    public async Task Of_joins_with_one_stream_id_that_race_one_is_taken()
    {
        var b = Start("bob", "127.0.0.2");
        var (link, context) = await DialByHand(Organisation.Enroll("alice"), b);
        using var control = link.Control;
        await b.Hears<PeerEvents.LinkOpened>();

        var joins = Enumerable.Range(0, 8).Select(_ => new StreamRunner(context).DialAsync(b.Address, link.Result.Session, 7, Transfer, default));
        var outcomes = await Task.WhenAll(joins).WaitAsync(Patience);

        Assert.Single(outcomes, o => o.Stream is not null);
        Assert.Equal(7u, (await b.Hears<PeerEvents.StreamOpened>()).StreamId);
    }

    /// <returns>whether it was answered</returns>
    private static async Task<bool> JoinAsStranger(Device.Hosting.DeviceContext context, Side to, SessionId session, uint id)
    {
        using var connection = await context.Transport.ConnectAsync(to.Address, default);
        var join = new Join
        {
            SessionId = ByteString.CopyFrom(session.ToBytes()),
            StreamId = id,
            Nonce = ByteString.CopyFrom(new byte[32]),
            Mac = ByteString.CopyFrom(new byte[32]),
        };
        await HandshakeFrames.WriteAsync(connection, new Opening { Join = join }.ToByteArray(), default);
        try
        {
            return await connection.ReadAsync(new byte[1], default).AsTask().WaitAsync(Patience) > 0;
        }
        catch (TransportException)
        {
            return false;
        }
    }
}

public sealed class TcpJoinSpecs : JoinSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => new TcpTransport();
}

public sealed class MemoryJoinSpecs : JoinSpecs
{
    private readonly MemoryNetwork _network = new();

    private protected override ITransport TransportOf(IPAddress address) => _network.Host(address);
}

public sealed class QuicJoinSpecs : JoinSpecs
{
    private protected override ITransport TransportOf(IPAddress address) => QuicHere.Transport();
}
