using System.Globalization;
using FsCheck.Xunit;
using Google.Protobuf.Collections;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Chunks;

public sealed class ChunkMapTests
{
    [Property(MaxTest = 300)]
    public bool It_is_a_set(ushort[] added, ushort[] removed, ushort from, ushort to)
    {
        var map = new ChunkMap();
        var set = new SortedSet<long>();
        var agrees = added.All(a => map.Add(a) == set.Add(a));
        agrees &= removed.All(r => map.Remove(r) == set.Remove(r));
        var expected = set.Where(o => o >= from && o < to).ToList();
        return agrees
            && map.Count == set.Count
            && Members(map.Ranges()).SequenceEqual(set)
            && Members(map.Ranges(from, to)).SequenceEqual(expected)
            && map.Next(from, to) == (expected.Count == 0 ? -1 : expected[0])
            && Members(ChunkMap.FromBytes(map.ToBytes()).Ranges()).SequenceEqual(set)
            && ChunkMap.FromBytes(map.ToBytes()).Count == set.Count;
    }

    [Property(MaxTest = 100)]
    public bool Ranges_pack_and_unpack(ushort[] ordinals)
    {
        var ranges = ChunkRanges.Pack(ordinals.Select(o => (long)o));
        var map = new ChunkMap();
        ranges.ForEach(map.Add);
        return Members(ranges).SequenceEqual(ordinals.Select(o => (long)o).Distinct().Order())
            && map.ToString() == string.Join(',', ranges)
            && ranges.Zip(ranges.Skip(1)).All(pair => pair.First.End < pair.Second.First);
    }

    [Theory]
    [InlineData("10+5 15+1 20+80", true)]
    [InlineData("", true)]
    [InlineData("9+2", false)]
    [InlineData("10+0", false)]
    [InlineData("99+2", false)]
    [InlineData("20+5 10+5", false)]
    [InlineData("10+90 10+90", false)]
    [InlineData("10+5 14+5", false)]
    public void Ranges_that_travel_grow_and_do_not_lie_over_each_other(string text, bool isTaken)
    {
        var wire = new RepeatedField<OrdinalRange>();
        wire.AddRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('+'))
            .Select(r => new OrdinalRange { First = ulong.Parse(r[0], CultureInfo.InvariantCulture), Count = ulong.Parse(r[1], CultureInfo.InvariantCulture) }));

        Assert.Equal(isTaken, ChunkRanges.TryRead(wire, 10, 100, out _));
    }

    [Fact]
    public void A_whole_range_comes_and_goes()
    {
        var map = new ChunkMap();
        map.Add(new ChunkRange(60, 200));
        map.Remove(new ChunkRange(64, 64));
        Assert.Equal("60-63,128-259", map.ToString());
        Assert.Equal(4 + 132, map.Count);
        map.Clear();
        Assert.Equal("", map.ToString());
    }

    [Fact]
    public void A_file_of_a_tebibyte_takes_128_kibibytes()
    {
        var map = new ChunkMap();
        map.Add((1L << 20) - 1);
        Assert.Equal(128 * 1024, map.ToBytes().Length);
    }

    [Fact]
    public void It_does_not_grow_beyond_any_manifest()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChunkMap().Add(Limits.ManifestChunks));
        Assert.Throws<ProtocolException>(() => ChunkMap.FromBytes(new byte[Limits.ManifestChunks / 8 + 1]));
    }

    private static IEnumerable<long> Members(IEnumerable<ChunkRange> ranges)
    {
        foreach (var range in ranges)
        {
            for (var ordinal = range.First; ordinal < range.End; ordinal++)
                yield return ordinal;
        }
    }
}
