using OpenShare.Device.Transport;
using OpenShare.Simulation.Network;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Network.Streams;

namespace OpenShare.Simulation.Tests.Network;

/// <summary>Whatever befalls the network, a stream is whole and ends: nothing twice, nothing missing, nobody left waiting.</summary>
public sealed class StreamFuzzTests
{
    private const int Seeds = 15;
    private const int Much = 1_200_000;

    // Not in the second that is given to it.
    private const int TooMuch = 6_000_000;

    private static readonly LinkConditions[] Weather =
    [
        LinkConditions.Perfect, LinkConditions.Wired, LinkConditions.GoodWiFi, LinkConditions.PoorWiFi,
        LinkConditions.PoorWiFi with { Loss = 0.3 }, LinkConditions.PoorWiFi with { BytesPerSecond = 20_000 },
    ];

    [Fact]
    public void What_was_sent_arrives_once_the_network_is_well_again()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (world, random) = (new NetworkWorld(LinkConditions.GoodWiFi, seed), new Random(seed));
            var (a, b, near, far) = world.Connected();
            Task<bool>[] talk = [Send(near, Much, random.Next(), 70_000), Receive(far, Much), Send(far, Much, random.Next(), 3_000), Receive(near, Much)];
            var home = b.Address;
            for (var i = 0; i < 40; i++)
            {
                Befall(random, world, a, b);
                world.RunFor(random.Next(1_500));
            }
            (world.Segment.Conditions, a.Conditions, b.Conditions) = (LinkConditions.GoodWiFi, null, null);
            world.Network.Heal();
            a.LinkUp();
            b.LinkUp();
            b.MoveTo(home);

            foreach (var part in talk)
                Assert.True(world.Run(part), $"Seed {seed}");
            near.Dispose();
            far.Dispose();
            world.RunFor(60_000);
            Assert.True(near.IsGone && far.IsGone, $"Seed {seed}");
        }
    }

    [Fact]
    public void What_a_process_or_a_host_that_ended_has_sent_is_a_beginning_and_its_writers_are_told()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (world, random) = (new NetworkWorld(LinkConditions.PoorWiFi, seed), new Random(seed));
            var (a, b, near, far) = world.Connected();
            Task<bool>[] talk = [Send(near, TooMuch, random.Next(), 70_000), Receive(far, TooMuch), Send(far, TooMuch, random.Next(), 3_000), Receive(near, TooMuch)];
            world.RunFor(random.Next(1_000));
            if (random.Next(2) == 0)
                b.Kill();
            else
                b.PowerOff();
            world.RunFor(random.Next(20_000));
            b.PowerOn();

            Assert.False(world.Run(talk[0]), $"Seed {seed}");
            Assert.False(world.Run(talk[3]), $"Seed {seed}");
            Assert.True(near.IsGone && far.IsGone, $"Seed {seed}");
        }
    }

    private static void Befall(Random random, NetworkWorld world, SimulatedHost a, SimulatedHost b)
    {
        var host = random.Next(2) == 0 ? a : b;
        switch (random.Next(8))
        {
            case 0:
                host.LinkDown();
                break;
            case 1:
                host.LinkUp();
                break;
            case 2:
                host.Conditions = Weather[random.Next(Weather.Length)];
                break;
            case 3:
                world.Segment.Conditions = Weather[random.Next(Weather.Length)];
                break;
            case 4:
                world.Network.Partition([a], [b]);
                break;
            case 5:
                world.Network.Heal();
                break;
            case 6:
                b.MoveTo(NetworkWorld.Address(7));
                break;
            case 7:
                b.MoveTo(NetworkWorld.Address(1));
                break;
        }
    }

    // The bytes say where they are in the stream.
    private static byte At(int place) => (byte)(place * 31 + place / 251);

    private static async Task<bool> Send(SimulatedConnection to, int bytes, int seed, int most)
    {
        var random = new Random(seed);
        try
        {
            for (var sent = 0; sent < bytes;)
            {
                var part = new byte[Math.Min(random.Next(1, most), bytes - sent)];
                for (var i = 0; i < part.Length; i++)
                    part[i] = At(sent + i);
                await to.WriteAsync(part, default);
                sent += part.Length;
            }
            to.EndSending();
            return true;
        }
        catch (TransportException)
        {
            return false;
        }
    }

    private static async Task<bool> Receive(SimulatedConnection from, int bytes)
    {
        var buffer = new byte[10_000];
        var got = 0;
        try
        {
            while (await from.ReadAsync(buffer, default) is > 0 and var read)
            {
                for (var i = 0; i < read; i++)
                    Assert.True(At(got + i) == buffer[i], $"byte {got + i}");
                got += read;
            }
            Assert.Equal(bytes, got);
            return true;
        }
        catch (TransportException)
        {
            return false;
        }
    }
}
