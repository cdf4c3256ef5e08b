using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Handshake;

public sealed class ProbeMemoryTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private readonly ProbeMemory _memory = new();

    [Theory]
    [InlineData(0, 3, false)]
    [InlineData(299, 3, false)]
    [InlineData(300, 3, true)]
    [InlineData(1, 4, true)]
    public void A_probe_is_due_when_the_proof_is_old_or_there_is_a_newer_list_to_offer(int seconds, ulong version, bool isDue)
    {
        _memory.Proven(Device(1), listVersion: 3, Start);

        Assert.Equal(isDue, _memory.IsDue(Device(1), version, Start.AddSeconds(seconds)));
    }

    [Fact]
    public void Whoever_has_proven_nothing_is_probed()
    {
        _memory.Proven(Device(1), 3, Start);

        Assert.True(_memory.IsDue(Device(2), 3, Start));
    }

    [Fact]
    public void Many_devices_are_not_remembered_for_longer_than_their_proof_serves()
    {
        for (var i = 0; i < 1000; i++)
            _memory.Proven(Device(i), 0, Start);
        _memory.Proven(Device(1000), 0, Start + ProbeMemory.Fresh);

        Assert.Equal(1, _memory.Count);
    }

    private static DeviceId Device(int number)
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, number);
        return DeviceId.FromBytes(bytes);
    }
}
