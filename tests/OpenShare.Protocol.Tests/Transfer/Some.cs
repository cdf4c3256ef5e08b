using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>An organisation with a sender and a receiver, all keys from fixed seeds, and shorthand for manifests.</summary>
internal static class Some
{
    internal static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);
    internal static readonly SigningKey Root = Key(1), Issuing = Key(2), Revocation = Key(3);
    internal static readonly SigningKey SenderKey = Key(10), ReceiverKey = Key(11), StrangerKey = Key(12);
    internal static readonly TrustRoot Trust = TrustRoot.Create(Root, Issuing.PublicKey, Revocation.PublicKey, Now.AddDays(-30), Now.AddYears(5));
    internal static readonly DeviceCertificate SenderCertificate = Certificate(SenderKey, 1, "desk");
    internal static readonly DeviceCertificate ReceiverCertificate = Certificate(ReceiverKey, 2, "laptop");
    internal static readonly DeviceCertificate StrangerCertificate = Certificate(StrangerKey, 3, "tablet");
    internal static readonly DeviceId Sender = SenderCertificate.DeviceId, Receiver = ReceiverCertificate.DeviceId;
    internal static readonly ManifestId Manifest = ManifestId.Parse("000102030405060708090a0b0c0d0e0f");
    internal static readonly TransferId Transfer = TransferId.Parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

    internal static SigningKey Key(byte n) => SigningKey.FromSeed(Enumerable.Repeat(n, SigningKey.SeedSize).ToArray());

    internal static byte[] Hash(long n) => SHA256.HashData(BitConverter.GetBytes(n));

    internal static RelativePath Path(string text) => RelativePath.Parse(text);

    internal static ManifestBuilder Builder(ManifestId? id = null) => new(SenderKey, id ?? Manifest, Sender, Receiver);

    internal static ManifestReader Reader() => new(SenderKey.PublicKey, Sender, Receiver);

    /// <summary>A file of whole chunks of one length.</summary>
    internal static IEnumerable<Signed> File(this ManifestBuilder builder, string path, int chunks, int length = 1000)
    {
        var pages = new List<Signed?> { builder.BeginFile(Path(path), (long)chunks * length, 0x1A4, 1) };
        for (var i = 0; i < chunks; i++)
            pages.Add(builder.AddChunk(Hash(builder.ChunkCount), length));
        return pages.OfType<Signed>();
    }

    internal static IEnumerable<Signed> Directory(this ManifestBuilder builder, string path) =>
        builder.AddDirectory(Path(path), 0x1ED, 1) is { } page ? [page] : [];

    /// <summary>Pages of a manifest with a tree, a long file over several pages, an empty file and a link.</summary>
    internal static List<Signed> Pages(ManifestId? id = null)
    {
        var builder = Builder(id);
        return [
            .. builder.Directory("photos"),
            .. builder.File("photos/long.raw", 40),
            .. builder.File("photos/empty", 0),
            .. builder.AddSymlink(Path("photos/link"), LinkTarget.Parse("long.raw", Path("photos/link")), 1) is { } page ? [page] : Array.Empty<Signed>(),
            .. builder.File("photos/small", 1),
            builder.Finish()];
    }

    internal static Protocol.Transfer.Manifests.Manifest Read(IEnumerable<Signed> pages)
    {
        var reader = Reader();
        foreach (var page in pages)
            Assert.IsType<PageReading.Accepted>(reader.Read(page));
        return reader.Manifest!;
    }

    /// <summary>A page as a dishonest sender would make it: payload changed, then signed.</summary>
    internal static Signed Forge(Signed page, Action<ManifestPagePayload> change, SigningKey? signer = null)
    {
        var payload = ManifestPagePayload.Parser.ParseFrom(page.Payload);
        change(payload);
        return SignedBlobs.Sign(signer ?? SenderKey, SignatureContext.ManifestPage, payload);
    }

    internal static ByteString Flip(ByteString bytes, int at)
    {
        var copy = bytes.ToByteArray();
        copy[at] ^= 1;
        return ByteString.CopyFrom(copy);
    }

    private static DeviceCertificate Certificate(SigningKey key, ulong number, string name) =>
        DeviceCertificate.Issue(Issuing, number, number, key.PublicKey, AccountId.Parse("acme"), name, Now.AddDays(-1), TimeSpan.FromDays(365));
}
