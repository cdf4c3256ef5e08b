using System.Diagnostics;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;
using Google.Protobuf;

namespace OpenShare.Benchmarks;

/// <summary>
/// What a revocation list takes in three forms: ids, coded device numbers, and a Bloom filter that errs once in a thousand. Bytes, a
/// day's delta of 1,000, and CPU time to write, to read and to ask; what is held in memory; and wrong answers about all who are not in it.
/// </summary>
internal static class Revoked
{
    private const int Questions = 2_000_000;
    private const int Rounds = 3;
    private const int Day = 1_000;

    internal static void Run(int certificates, double percent)
    {
        var random = new Random(1);
        var revoked = new SortedSet<ulong>();
        while (revoked.Count < certificates * percent / 100 + Day)
            revoked.Add(1 + (ulong)random.NextInt64(certificates));
        ulong[] after = [.. revoked];
        random.Shuffle(after);
        ulong[] before = [.. after.Skip(Day).Order()];
        ulong[] added = [.. after.Take(Day).Order()];
        Array.Sort(after);
        var questions = Enumerable.Range(0, Questions).Select(i => i % 2 == 0 ? before[random.Next(before.Length)] : 1 + (ulong)random.NextInt64(certificates)).ToArray();

        Console.WriteLine($"{certificates} certificates, {before.Length} revoked, {Day} more a day");
        Measure("ids", before, certificates, questions, Ids, ReadIds, (set, n) => set.Contains(Id(n)), 16 * Day);
        Measure("numbers, Rice", before, certificates, questions, n => DeviceNumberSet.Of(n).ToWire().ToByteArray(),
            bytes => DeviceNumberSet.Read(DeviceNumbers.Parser.ParseFrom(bytes)), (set, n) => set.Contains(n), DeviceNumberSet.Of(added).ToWire().CalculateSize());
        Measure("filter, 1 in 1000", before, certificates, questions, n => Filter.Of(n, n.Length).Bits, bytes => new Filter(bytes), (set, n) => set.Contains(n),
            // The bits that another thousand set, coded as numbers are.
            DeviceNumberSet.Of(Filter.Of(after, before.Length).Without(Filter.Of(before, before.Length))).ToWire().CalculateSize());
    }

    private static void Measure<T>(
        string form, ulong[] revoked, int certificates, ulong[] questions, Func<ulong[], byte[]> write, Func<byte[], T> read, Func<T, ulong, bool> ask, int delta)
        where T : class
    {
        byte[] bytes = [];
        var writing = Best(() => bytes = write(revoked));
        T? set = null;
        var reading = Best(() => set = read(bytes));
        set = null;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        set = read(bytes);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        var yes = 0;
        var asking = Best(() => yes = questions.Count(n => ask(set, n)));
        var wrong = 0;
        var at = 0;
        for (var number = 1UL; number <= (ulong)certificates; number++)
        {
            var isIn = at < revoked.Length && revoked[at] == number;
            at += isIn ? 1 : 0;
            wrong += ask(set, number) == isIn ? 0 : 1;
        }
        Console.WriteLine($"{form}: {bytes.Length} bytes, {1.0 * bytes.Length / revoked.Length:0.00} each; delta {delta} bytes; CPU {writing * 1e3:0} ms to write, {reading * 1e3:0} ms to read, "
            + $"{asking * 1e9 / questions.Length:0} ns to ask; {held / 1e6:0.0} MB held; {wrong} wrong answers of {certificates}");
    }

    private static double Best(Action work) => Enumerable.Range(0, Rounds).Min(_ =>
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        work();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    });

    private static DeviceId Id(ulong number) => DeviceId.FromBytes([.. BitConverter.GetBytes(number * 0x9E3779B97F4A7C15), .. BitConverter.GetBytes(number)]);

    private static byte[] Ids(ulong[] numbers)
    {
        var payload = new RevocationListPayload();
        payload.DeviceIds.AddRange(numbers.Select(n => ByteString.CopyFrom(Id(n).ToBytes())));
        return payload.ToByteArray();
    }

    private static HashSet<DeviceId> ReadIds(byte[] bytes) =>
        [.. RevocationListPayload.Parser.ParseFrom(bytes).DeviceIds.Select(id => DeviceId.FromBytes(id.Span))];

    /// <summary>Ten bits for each, of 14.4 that there are for it.</summary>
    private sealed class Filter(byte[] bits)
    {
        private const int Hashes = 10;

        internal byte[] Bits => bits;

        internal static Filter Of(ulong[] numbers, int planned)
        {
            var filter = new Filter(new byte[(int)(planned * 14.378 / 8) + 1]);
            foreach (var at in numbers.SelectMany(filter.Places))
                filter.Bits[at / 8] |= (byte)(1 << (int)(at % 8));
            return filter;
        }

        internal bool Contains(ulong number)
        {
            foreach (var at in Places(number))
            {
                if ((bits[at / 8] >> (int)(at % 8) & 1) == 0)
                    return false;
            }
            return true;
        }

        internal IEnumerable<ulong> Without(Filter other) =>
            Enumerable.Range(0, 8 * bits.Length).Where(at => ((bits[at / 8] & ~other.Bits[at / 8]) >> (at % 8) & 1) == 1).Select(at => (ulong)at + 1);

        private ulong[] Places(ulong number)
        {
            var places = new ulong[Hashes];
            var (first, step) = (Mix(number), Mix(number ^ 0xD6E8FEB86659FD93) | 1);
            for (var i = 0; i < Hashes; i++)
                places[i] = (first + (ulong)i * step) % (8 * (ulong)bits.Length);
            return places;
        }

        private static ulong Mix(ulong value)
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
