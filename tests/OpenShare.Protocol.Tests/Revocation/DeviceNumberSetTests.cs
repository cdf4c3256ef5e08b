using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class DeviceNumberSetTests
{
    [Property]
    public void A_set_is_read_as_it_was_written_and_answers_exactly(ulong seed, ushort universe, byte count)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var numbers = new SortedSet<ulong>(Enumerable.Range(0, count).Select(_ => 1 + (ulong)random.NextInt64(1 + universe)));
        var set = DeviceNumberSet.Read(DeviceNumberSet.Of(numbers).ToWire());

        Assert.Equal(numbers, set.ToArray());
        Assert.Equal(numbers.Count, set.Count);
        for (var number = 0UL; number <= universe + 2UL; number++)
            Assert.Equal(numbers.Contains(number), set.Contains(number));
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(DeviceNumberSet.Largest)]
    [InlineData(1UL, DeviceNumberSet.Largest)]
    [InlineData(DeviceNumberSet.Largest - 1, DeviceNumberSet.Largest)]
    [InlineData(1UL, 2UL, 3UL, 1UL << 40)]
    public void Numbers_at_the_ends_are_numbers(params ulong[] numbers)
    {
        var set = DeviceNumberSet.Read(DeviceNumberSet.Of(numbers).ToWire());
        Assert.Equal(numbers, set.ToArray());
        Assert.All(numbers, n => Assert.True(set.Contains(n)));
        Assert.False(set.Contains(0) || set.Contains(1UL << 39) || set.Contains(ulong.MaxValue));
    }

    [Fact]
    public void Order_and_repetition_make_no_difference() =>
        Assert.Equal(DeviceNumberSet.Of([1, 2, 3]).ToWire(), DeviceNumberSet.Of([3, 1, 2, 3, 1]).ToWire());

    [Fact]
    public void No_device_has_the_number_zero() => Assert.Throws<ArgumentException>(() => DeviceNumberSet.Of([0, 1]));

    [Property(MaxTest = 1_000)]
    public void Any_bytes_are_a_set_or_refused(byte[] gaps, byte rice, uint count)
    {
        // Else nearly every count lies.
        foreach (var said in new[] { count, count % 16 })
        {
            DeviceNumberSet set;
            try
            {
                set = DeviceNumberSet.Read(new DeviceNumbers { Count = said, Rice = rice % 52u, Gaps = ByteString.CopyFrom(gaps) });
            }
            catch (ProtocolException)
            {
                continue;
            }
            var numbers = set.ToArray();
            Assert.Equal((int)said, numbers.Length);
            Assert.Equal(numbers, DeviceNumberSet.Of(numbers).ToArray());
            Assert.All(numbers, n => Assert.True(set.Contains(n)));
        }
    }

    [Theory]
    [InlineData(uint.MaxValue, 0u, 8)]          // a count that lies: no room is made for it
    [InlineData(65u, 0u, 8)]
    [InlineData(1u, 49u, 64)]
    [InlineData(1u, uint.MaxValue, 64)]
    public void What_is_said_is_compared_with_what_is_there_before_room_is_made(uint count, uint rice, int bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolException>(() => DeviceNumberSet.Read(new DeviceNumbers { Count = count, Rice = rice, Gaps = ByteString.CopyFrom(new byte[bytes]) }));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1024 * 1024);
    }

    [Fact]
    public void A_run_that_never_ends_a_gap_past_every_number_and_bytes_left_over_are_refused()
    {
        foreach (var (count, rice, gaps) in new (uint, uint, byte[])[]
        {
            (1, 0, new byte[64]),                       // zeros, and nothing after them
            (2, 0, [0b0000_0001]),                      // one number, and zeros
            (1, 8, [0b0000_0001]),                      // cut off in its low part
            (1, 48, [.. new byte[4096], 1, 0, 0, 0, 0, 0, 0]),      // beyond 2^63
            (1, 0, [0b0000_0001, 0]),                   // a byte too many
            (1, 0, [0b0000_0011]),                      // a bit too many
            (0, 0, [0]),
        })
            Assert.Throws<ProtocolException>(() => DeviceNumberSet.Read(new DeviceNumbers { Count = count, Rice = rice, Gaps = ByteString.CopyFrom(gaps) }));
    }

    [Fact]
    public void At_random_a_set_is_within_a_few_per_cent_of_what_it_needs_at_least()
    {
        foreach (var share in new[] { 0.01, 0.05 })
        {
            var random = new Random(7);
            var numbers = Enumerable.Range(1, 1_000_000).Where(_ => random.NextDouble() < share).Select(n => (ulong)n).ToList();
            var bound = -(share * Math.Log2(share) + (1 - share) * Math.Log2(1 - share)) / share;

            Assert.InRange(8.0 * DeviceNumberSet.Of(numbers).ToWire().Gaps.Length / numbers.Count, bound, 1.03 * bound);
        }
    }
}
