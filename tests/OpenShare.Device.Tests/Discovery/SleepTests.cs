using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Discovery;
using OpenShare.Device.Discovery.Memory;
using OpenShare.Device.Tests.Registration;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>The host sleeps: elapsed time stands still, and the clock does not.</summary>
public sealed class SleepTests : DeviceRig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CountingPort _port = new(new MemoryMulticast().Attach(IPAddress.Parse("10.0.0.1")));
    private readonly IActorRef _discovery;

    public SleepTests()
    {
        _discovery = Sys.ActorOf(DiscoveryActor.Props(Context, () => _port));
        _discovery.Tell(new DiscoveryCommands.Start(new DiscoveryOptions(
            "alice", DeviceId.FromBytes(new byte[16]), new string('a', 16), AccountHash.FromKey(new byte[32]), 4000)));
    }

    [Fact]
    public async Task Who_has_slept_looks_again_within_seconds()
    {
        await Started();
        await Pass(TimeSpan.FromMinutes(5));
        // By then most stretches of eight seconds are quiet; one in which the next announcement is due is not the one to look at.
        var before = -1;
        for (var tries = 0; tries < 10 && before != _port.Sent; tries++)
        {
            before = _port.Sent;
            await Pass(TimeSpan.FromSeconds(8), until: () => _port.Sent > before);
        }
        Assert.Equal(before, _port.Sent);

        Time.Set(TimeSpan.FromHours(1));

        await Pass(TimeSpan.FromSeconds(8), until: () => _port.Sent > before);
        Assert.True(_port.Sent > before);
    }

    private Task Started() => AwaitAssertAsync(
        async () => Assert.NotNull((await Sys.ActorSelection(_discovery, "mdns").Ask<ActorIdentity>(new Identify(null), Patience)).Subject), Patience);

    private async Task Pass(TimeSpan time, Func<bool>? until = null)
    {
        var step = TimeSpan.FromSeconds(0.5);
        for (var passed = TimeSpan.Zero; passed < time && until?.Invoke() != true; passed += step)
        {
            Advance(step);
            // What was due has been done.
            await Sys.ActorSelection(_discovery, "mdns").Ask<ActorIdentity>(new Identify(null), Patience);
        }
    }

    private sealed class CountingPort(IDiscoveryPort inner) : IDiscoveryPort
    {
        internal int Sent { get; private set; }

        public void Open(IActorRef receiver) => inner.Open(receiver);

        public DiscoveryInterfaces Refresh(ImmutableArray<string>? only) => inner.Refresh(only);

        public string? Send(int networkInterface, DiscoveryMedium medium, ReadOnlyMemory<byte> packet, IPEndPoint? to)
        {
            Sent++;
            return inner.Send(networkInterface, medium, packet, to);
        }

        public void Release() => inner.Release();

        public void Dispose() => inner.Dispose();
    }
}
