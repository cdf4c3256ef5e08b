using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Sending;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>A small file is opened once, and what is sent of it is what was hashed.</summary>
public sealed class KeptReadsTests : IDisposable
{
    private readonly Files _files = new();
    private readonly KeptReads _source;

    public KeptReadsTests() => _source = new KeptReads(_files);

    public void Dispose()
    {
        _source.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void What_is_read_a_second_time_is_what_was_read_before_and_the_file_is_not_opened_for_it()
    {
        var file = _files.Add("a", 4096);
        var hashed = Read("a", file);
        _files.Change("a");

        Assert.Equal(hashed, Read("a", file, 1000));
        Assert.Equal(["a"], _files.Opened);
        // Kept for one reading.
        Assert.Null(Read("a", file));
    }

    [Fact]
    public void What_is_asked_for_as_another_file_is_read_from_the_disk()
    {
        var file = _files.Add("a", 4096);
        Read("a", file);

        Assert.Null(Read("a", file with { CtimeNs = 5 }));
        Assert.Equal(["a", "a"], _files.Opened);
    }

    [Theory]
    [InlineData(KeptReads.LargestFile + 1)]
    [InlineData(KeptReads.Room)]
    public void A_larger_file_is_opened_each_time(int size)
    {
        var file = _files.Add("a", size);
        Assert.Equal(Read("a", file), Read("a", file, 7));
        Assert.Equal(["a", "a"], _files.Opened);
    }

    [Fact]
    public void Whatever_is_kept_and_forgotten_meanwhile_each_reading_has_the_files_own_bytes()
    {
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
            _files.Add($"{i}", random.Next(1, KeptReads.LargestFile + 1));
        var seen = new List<string>();

        for (var i = 0; i < 5000; i++)
        {
            // Mostly what was read a moment ago.
            var path = seen.Count > 0 && random.Next(0, 3) > 0 ? seen[^random.Next(1, Math.Min(80, seen.Count) + 1)] : $"{random.Next(0, 300)}";
            Assert.Equal(_files.Content(path), Read(path, _files.IdentityOf(path), random.Next(0, 50)));
            seen.Add(path);
        }

        Assert.InRange(_files.Opened.Count, 1000, 4000);
    }

    /// <returns>the whole file, read into two buffers; null: it is not the one expected</returns>
    private byte[]? Read(string path, FileIdentity file, int first = 0)
    {
        first = (int)Math.Min(first, file.Size);
        var (one, two) = (new byte[first], new byte[file.Size - first]);
        return _source.Read(path, file, 0, [one, two]).IsDone ? [.. one, .. two] : null;
    }

    private sealed class Files : ISource
    {
        private readonly Dictionary<string, (byte[] Bytes, FileIdentity Identity)> _files = [];

        internal List<string> Opened { get; } = [];

        internal FileIdentity Add(string path, int size)
        {
            var identity = new FileIdentity(size, 1, 1, (ulong)_files.Count + 1, 1);
            _files[path] = (new SeededRandom(_files.Count).Bytes(size), identity);
            return identity;
        }

        internal void Change(string path) => _files[path] = ([.. _files[path].Bytes.Reverse()], _files[path].Identity with { MtimeNs = 2 });

        internal byte[] Content(string path) => _files[path].Bytes;

        internal FileIdentity IdentityOf(string path) => _files[path].Identity;

        public DiskResult Read(string path, FileIdentity expected, long offset, IReadOnlyList<Memory<byte>> into)
        {
            Opened.Add(path);
            var (bytes, identity) = _files[path];
            if (identity != expected)
                return new DiskResult(DiskProblem.Changed, path);
            foreach (var part in into)
            {
                bytes.AsMemory((int)offset, part.Length).CopyTo(part);
                offset += part.Length;
            }
            return DiskResult.Done;
        }

        public IEnumerable<SourceItem> Scan() => [];

        public string PlaceOf(string path) => path;

        public FileStretch? StretchAt(string path, FileIdentity expected, long offset) => null;

        public void Dispose()
        {
        }
    }
}
