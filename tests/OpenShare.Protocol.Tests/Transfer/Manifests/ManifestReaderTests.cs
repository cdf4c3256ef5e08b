using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;
using Kind = OpenShare.Protocol.Transfer.Manifests.ManifestRefusalKind;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

/// <summary>Each promise of a verified manifest, broken on purpose: by an outsider, or by a sender who signs lies.</summary>
public sealed class ManifestReaderTests
{
    private static readonly List<Signed> Pages = Some.Pages();

    [Fact]
    public void A_tampered_page_is_refused()
    {
        foreach (var at in new[] { 0, 20, Pages[0].Payload.Length - 1 })
            Refused(Kind.NotSignedBySender, new Signed(Pages[0]) { Payload = Some.Flip(Pages[0].Payload, at) });
        Refused(Kind.NotSignedBySender, new Signed(Pages[0]) { Signature = Some.Flip(Pages[0].Signature, 5) });
    }

    [Fact]
    public void A_page_signed_by_someone_else_is_refused()
    {
        Refused(Kind.NotSignedBySender, Some.Forge(Pages[0], _ => { }, Some.StrangerKey));
        var claimed = Some.Forge(Pages[0], _ => { }, Some.StrangerKey);
        claimed.KeyId = Some.SenderKey.PublicKey.KeyId;
        Refused(Kind.NotSignedBySender, claimed);
        // The same bytes signed by the sender as another kind of thing are no page.
        Refused(Kind.NotSignedBySender, SignedBlobs.Sign(Some.SenderKey, SignatureContext.EntryChanged, Pages[0].Payload.ToByteArray()));
    }

    [Fact]
    public void Of_its_own_pages_a_device_takes_those_that_it_signed_and_no_others()
    {
        ManifestReader Own() => ManifestReader.OfOwn(Some.SenderKey.PublicKey, Some.Sender, Some.Receiver);
        var reader = Own();
        Assert.All(Pages, page => Assert.IsType<PageReading.Accepted>(reader.Read(page)));
        var refused = Assert.IsType<PageReading.Refused>(Own().Read(Some.Forge(Pages[0], _ => { }, Some.StrangerKey)));
        Assert.Equal(Kind.NotSignedBySender, refused.Refusal.Kind);
    }

    [Fact]
    public void Bytes_that_are_no_page_are_refused() =>
        Refused(Kind.Damaged, SignedBlobs.Sign(Some.SenderKey, SignatureContext.ManifestPage, [0xFF, 0xFF, 0xFF]));

    [Fact]
    public void A_name_that_is_not_utf8_is_refused()
    {
        var bytes = Some.Forge(First(), p => p.Entries[0].Path = "QQQQ").Payload.ToByteArray();
        bytes.AsSpan(bytes.AsSpan().IndexOf("QQQQ"u8), 2).Fill(0xFE);
        var reading = Some.Reader().Read(SignedBlobs.Sign(Some.SenderKey, SignatureContext.ManifestPage, bytes));
        Assert.IsType<PageReading.Refused>(reading);
    }

    [Fact]
    public void A_page_for_others_is_refused()
    {
        Refused(Kind.ForOthers, Some.Forge(Pages[0], p => p.Receiver = Id(Some.StrangerCertificate.DeviceId)));
        Refused(Kind.ForOthers, Some.Forge(Pages[0], p => p.Sender = Id(Some.StrangerCertificate.DeviceId)));
        Refused(Kind.UnknownVersion, Some.Forge(Pages[0], p => p.Version = 2));
        Refused(Kind.Damaged, Some.Forge(Pages[0], p => p.ManifestId = ByteString.Empty));
    }

    [Fact]
    public void A_page_of_another_manifest_is_refused()
    {
        var other = Some.Pages(ManifestId.Parse(new string('7', 32)));
        Refused(Kind.OtherManifest, Pages[0], other[1]);
        // Also when the sender dresses it up as one of this manifest: the chain of hashes does not.
        Refused(Kind.BrokenChain, Pages[0], Some.Forge(other[1], p => p.ManifestId = ByteString.CopyFrom(Some.Manifest.ToBytes())));
    }

    [Fact]
    public void A_replayed_page_is_recognised_and_a_different_one_of_its_number_refused()
    {
        var reader = Some.Reader();
        reader.Read(Pages[0]);
        reader.Read(Pages[1]);
        Assert.Equal(new PageReading.Repeated(0), reader.Read(Pages[0]));
        Assert.Equal(2, reader.NextPage);
        Refused(Kind.Conflicting, Pages[0], Some.Forge(Pages[0], p => p.Entries[0].Mode = 7));
    }

    [Fact]
    public void A_page_out_of_turn_is_not_taken()
    {
        var reader = Some.Reader();
        Assert.Equal(new PageReading.Ahead(1), reader.Read(Pages[1]));
        Assert.Null(reader.Manifest);
        Assert.IsType<PageReading.Accepted>(reader.Read(Pages[0]));
        Assert.Equal(new PageReading.Ahead(2), reader.Read(Pages[2]));
        Assert.IsType<PageReading.Accepted>(reader.Read(Pages[1]));
    }

    [Fact]
    public void Nothing_follows_the_last_page()
    {
        var after = Some.Forge(Pages[^1], p =>
        {
            p.PageIndex++;
            p.PreviousPageSha256 = ByteString.CopyFrom(SHA256.HashData(Pages[^1].Payload.Span));
        });
        Refused(Kind.AfterTheEnd, [.. Pages, after]);
    }

    [Fact]
    public void After_a_refusal_it_stays_refused()
    {
        var reader = Some.Reader();
        reader.Read(Some.Forge(Pages[0], p => p.Version = 9));
        Assert.IsType<PageReading.Refused>(reader.Read(Pages[0]));
    }

    [Theory]
    [MemberData(nameof(RelativePathTests.Hostile), MemberType = typeof(RelativePathTests))]
    public void A_hostile_name_is_refused(string? name, PathRefusal _) =>
        Refused(Kind.HostilePath, Some.Forge(First(), p => p.Entries[0].Path = name ?? ""));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../etc")]
    [InlineData("x/../../..")]
    [InlineData("")]
    public void A_link_out_of_the_tree_is_refused(string target) => Refused(Kind.HostileLink, One(
        Entry(0, "d", EntryKind.EntryDirectory),
        Entry(1, "d/link", EntryKind.EntrySymlink, e => e.LinkTarget = target)));

    [Fact]
    public void A_path_listed_twice_is_refused()
    {
        Refused(Kind.DuplicatePath, One(Entry(0, "a"), Entry(1, "a")));
        Refused(Kind.DuplicatePath, One(Entry(0, "a", EntryKind.EntryDirectory), Entry(1, "a", EntryKind.EntryDirectory)));
    }

    [Fact]
    public void Case_twins_and_reserved_names_are_the_destinations_business() =>
        Assert.IsType<PageReading.Accepted>(Some.Reader().Read(One(Entry(0, "Makefile"), Entry(1, "makefile"), Entry(2, "aux.c"))));

    [Fact]
    public void A_file_under_a_file_or_a_link_is_refused()
    {
        Refused(Kind.NotInADirectory, One(Entry(0, "a"), Entry(1, "a/b")));
        Refused(Kind.NotInADirectory, One(
            Entry(0, "d", EntryKind.EntryDirectory), Entry(1, "d/l", EntryKind.EntrySymlink, e => e.LinkTarget = "x"), Entry(2, "d/l/b")));
        Refused(Kind.NotInADirectory, One(Entry(0, "nowhere/b")));
        // A directory cannot become a link either.
        Refused(Kind.DuplicatePath, One(
            Entry(0, "d", EntryKind.EntryDirectory), Entry(1, "d/e", EntryKind.EntryDirectory), Entry(2, "d/e", EntryKind.EntrySymlink, e => e.LinkTarget = "x")));
    }

    [Fact]
    public void An_entry_that_contradicts_itself_is_refused()
    {
        Refused(Kind.BadEntry, One(Entry(1, "a")));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryUnspecified)));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryFile, e => e.Mode = 0x1000)));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryDirectory, e => e.Size = 5)));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryFile, e => e.LinkTarget = "b")));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryFile, e => e.Size = ulong.MaxValue)));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryFile, e => e.Continued = true)));
        Refused(Kind.BadEntry, One(Entry(0, "a", EntryKind.EntryFile, e => e.Abandoned = true)));
    }

    [Fact]
    public void Chunks_that_do_not_add_up_are_refused()
    {
        Refused(Kind.SizeMismatch, One(Entry(0, "a", EntryKind.EntryFile, e => { e.Size = 9; e.Chunks.Add(Chunk(10)); })));
        Refused(Kind.SizeMismatch, One(Entry(0, "a", EntryKind.EntryFile, e => { e.Size = 11; e.Chunks.Add(Chunk(10)); })));
        Refused(Kind.SizeMismatch, One(Entry(0, "a", EntryKind.EntryFile, e => e.Size = 11), Entry(1, "b")));
        Refused(Kind.BadChunk, One(Entry(0, "a", EntryKind.EntryFile, e => { e.Size = 10; e.Chunks.Add(Chunk(0)); })));
        Refused(Kind.BadChunk, One(Entry(0, "a", EntryKind.EntryFile, e => { e.Size = 1u << 30; e.Chunks.Add(Chunk(Limits.Chunk + 1)); })));
        Refused(Kind.BadChunk, One(Entry(0, "a", EntryKind.EntryFile, e => { e.Size = 10; e.Chunks.Add(new ChunkRef { Length = 10 }); })));
    }

    [Fact]
    public void Wrong_totals_are_refused()
    {
        Refused(Kind.TotalsMismatch, [.. Pages[..^1], Some.Forge(Pages[^1], p => p.Totals.Bytes++)]);
        Refused(Kind.TotalsMismatch, [.. Pages[..^1], Some.Forge(Pages[^1], p => p.Totals.Entries++)]);
        Refused(Kind.TotalsMismatch, [.. Pages[..^1], Some.Forge(Pages[^1], p => p.Totals.Chunks--)]);
    }

    [Fact]
    public void Too_much_is_refused()
    {
        Refused(Kind.TooLarge, SignedBlobs.Sign(Some.SenderKey, SignatureContext.ManifestPage, new byte[Limits.SignedPayload + 1]));
        Refused(Kind.TooLarge, One([.. Enumerable.Range(0, Limits.PageEntries + 1).Select(i => Entry((uint)i, $"f{i}"))]));
        Refused(Kind.TooLarge, One(Entry(0, "a", EntryKind.EntryFile, e =>
        {
            e.Size = Limits.PageChunks + 1;
            e.Chunks.AddRange(Enumerable.Repeat(Chunk(1), Limits.PageChunks + 1));
        })));
        Refused(Kind.TooLarge, Some.Forge(First(), p => p.PageIndex = Limits.ManifestPages));
        Refused(Kind.Empty, One());
    }

    private static void Refused(Kind expected, params IReadOnlyList<Signed> pages)
    {
        var reader = Some.Reader();
        foreach (var page in pages.SkipLast(1))
            Assert.IsType<PageReading.Accepted>(reader.Read(page));
        var refused = Assert.IsType<PageReading.Refused>(reader.Read(pages[^1]));
        Assert.Equal(expected, refused.Refusal.Kind);
        Assert.NotEmpty(refused.Refusal.Message);
    }

    private static Signed First() => One(Entry(0, "a"));

    private static Signed One(params IReadOnlyList<ManifestEntry> entries) => Some.Forge(Pages[0], p =>
    {
        p.Entries.Clear();
        p.Entries.AddRange(entries);
        p.Totals = new ManifestTotals
        {
            Entries = (uint)entries.Count,
            Bytes = (ulong)entries.Sum(e => e.Chunks.Sum(c => (long)c.Length)),
            Chunks = (ulong)entries.Sum(e => e.Chunks.Count),
        };
    });

    private static ManifestEntry Entry(uint number, string path, EntryKind kind = EntryKind.EntryFile, Action<ManifestEntry>? change = null)
    {
        var entry = new ManifestEntry { EntryNo = number, Path = path, Kind = kind };
        change?.Invoke(entry);
        return entry;
    }

    private static ChunkRef Chunk(int length) => new() { Sha256 = ByteString.CopyFrom(Some.Hash(0)), Length = (uint)length };

    private static ByteString Id(DeviceId device) => ByteString.CopyFrom(device.ToBytes());
}
