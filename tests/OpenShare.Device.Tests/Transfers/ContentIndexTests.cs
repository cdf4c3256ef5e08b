using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Contents;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Transfers;

public sealed class ContentIndexTests
{
    [Fact]
    public void An_index_that_cannot_be_read_knows_nothing_and_fails_nobody()
    {
        var index = new ContentIndex(new Broken(), new LocalDisk(), AccountId.Parse("home"));

        Assert.Empty(index.Known([1, 2]));
        Assert.Null(index.At("/a"));
        Assert.Null(index.Named("a"));
        Assert.False(index.HasContentCut(1));
    }

    private sealed class Broken : IContentStore
    {
        public IReadOnlyList<ContentPlace> Find(AccountId account, long hash, int length) => throw Problem();

        public IReadOnlySet<long> Known(AccountId account, IReadOnlyCollection<long> hashes) => throw Problem();

        public ContentFile? At(AccountId account, string path) => throw Problem();

        public ContentFile? Named(AccountId account, string name) => throw Problem();

        public bool HasContentCut(AccountId account, long size) => throw Problem();

        public void Save(AccountId account, IReadOnlyCollection<(ContentFile File, IReadOnlyList<ContentChunk> Chunks)> files) => throw Problem();

        public void Forget(ContentFile file) => throw Problem();

        public void Forget(ContentPlace place) => throw Problem();

        private static StorageException Problem() => new("The database is damaged.");
    }
}
