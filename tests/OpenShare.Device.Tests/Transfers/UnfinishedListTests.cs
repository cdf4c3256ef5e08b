using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Device.Transfers.Sending;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>A sender that was stopped in the middle of a file goes on with its list, whatever is beside that file now.</summary>
public sealed class UnfinishedListTests : TransferSpecs
{
    private const int Chunks = 24;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly ISource _source;
    private readonly ManifestReader _reader;
    private readonly FileIdentity _identity;

    public UnfinishedListTests()
    {
        (_ann, _ben) = Devices();
        _ann.Write("t/big", Chunks * Chunk);
        _ann.Write("t/last", 1000);
        _source = _ann.Disk.OpenSource([Path.Combine(_ann.Files, "t")]);
        _reader = new ManifestReader(_ann.Identity.Key.PublicKey, _ann.Identity.DeviceId, _ben.Identity.DeviceId);
        var builder = new ManifestBuilder(_ann.Identity.Key, ManifestId.New(new SeededRandom(1)), _ann.Identity.DeviceId, _ben.Identity.DeviceId);
        using var stopped = Feeder(builder, manifest: null, unfinished: null);
        var page = Assert.Single(stopped.Next().Pages);
        _reader.Read(page.Blob);
        _identity = page.Identities[^1].Identity;
        Assert.Equal("t/big", _reader.Manifest!.Unfinished?.Path.Value);
    }

    [Fact]
    public void What_is_new_before_it_is_listed_after_it()
    {
        _ann.Write("t/a", 1000);

        Assert.Empty(GoOn(_identity));

        Assert.Equal(["t", "t/big", "t/a", "t/last"], _reader.Manifest!.Entries.Select(e => e.Path.Value));
        Assert.DoesNotContain(_reader.Manifest.Entries, e => e.Abandoned);
        Assert.Equal(Chunks + 2, _reader.Manifest.ChunkCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_is_no_longer_there_is_abandoned_and_the_others_are_sent(bool hasMoved)
    {
        var file = Path.Combine(_ann.Files, "t/big");
        if (hasMoved)
            File.Move(file, Path.Combine(_ann.Files, "t/moved"));
        else
            File.Delete(file);

        Assert.Equal(["t/big: it is no longer there"], GoOn(_identity));

        Assert.Equal("t/big", Assert.Single(_reader.Manifest!.Entries, e => e.Abandoned).Path.Value);
        Assert.Equal(hasMoved, _reader.Manifest.Entries.Any(e => e.Path.Value == "t/moved"));
        Assert.Contains(_reader.Manifest.Entries, e => e.Path.Value == "t/last");
    }

    [Fact]
    public void One_that_changed_is_abandoned()
    {
        _ann.Write("t/big", Chunks * Chunk, seed: 1);

        Assert.Equal(["t/big: it changed while it was being sent"], GoOn(_identity));
    }

    /// <summary>As after a restart of the machine, with a file system that has no number of its own.</summary>
    [Fact]
    public void One_whose_disk_has_another_number_now_is_the_same()
    {
        Assert.Empty(GoOn(_identity with { Device = _identity.Device + 1 }));

        Assert.DoesNotContain(_reader.Manifest!.Entries, e => e.Abandoned);
    }

    protected override void AfterAll()
    {
        _source.Dispose();
        base.AfterAll();
    }

    // Until the list is whole.
    private List<string> GoOn(FileIdentity unfinished)
    {
        var skipped = new List<string>();
        using var feeder = Feeder(ManifestBuilder.Continue(_ann.Identity.Key, _reader.Manifest!), _reader.Manifest, unfinished);
        while (!_reader.Manifest!.IsComplete)
        {
            var batch = feeder.Next();
            Assert.Null(batch.Failure);
            skipped.AddRange(batch.Skipped);
            foreach (var page in batch.Pages)
                Assert.IsType<PageReading.Accepted>(_reader.Read(page.Blob));
        }
        return skipped;
    }

    private ManifestFeeder Feeder(ManifestBuilder builder, Manifest? manifest, FileIdentity? unfinished) => new(
        _source, builder, new HashCache(_ann.Database.Hashes, TimeProvider.System),
        new ContentIndex(_ann.Database.Contents, _ann.Disk, _ann.Identity.Certificate.Account), manifest, unfinished);
}
