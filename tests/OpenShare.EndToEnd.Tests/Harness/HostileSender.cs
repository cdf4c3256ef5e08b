using System.Net;
using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Offers what it likes, and sends other bytes than it announced.</summary>
internal sealed class HostileSender(HostilePeer self, HandshakeOutcome.Open link, IPEndPoint victim) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(Patience.Long);
    private TransferId _transfer;
    private SecureStream? _stream;

    /// <summary>Offers a manifest of these entries, signed, and waits for what the victim makes of it.</summary>
    /// <returns>its answer; null when it closed the connection instead</returns>
    public async Task<TransferAnswer?> OfferAsync(params ManifestEntry[] entries)
    {
        _transfer = TransferId.New(self.Context.Random);
        var chunks = entries.SelectMany(e => e.Chunks).ToList();
        var page = new ManifestPagePayload
        {
            Version = 1,
            ManifestId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)),
            Sender = ByteString.CopyFrom(self.Party.Certificate.DeviceId.ToBytes()),
            Receiver = ByteString.CopyFrom(link.Result.Peer.DeviceId.ToBytes()),
            Totals = new ManifestTotals { Entries = (uint)entries.Length, Chunks = (ulong)chunks.Count, Bytes = (ulong)chunks.Sum(c => c.Length) },
        };
        for (var i = 0; i < entries.Length; i++)
            page.Entries.Add(new ManifestEntry(entries[i]) { EntryNo = (uint)i });
        await link.Control.SendAsync(TransferMessages.Offer(_transfer, SignedBlobs.Sign(self.Party.Key, SignatureContext.ManifestPage, page)), _deadline.Token);
        return (await NextAsync(Control.KindOneofCase.TransferAnswer))?.TransferAnswer;
    }

    /// <summary>Sends these bytes as the transfer's first chunk.</summary>
    public async Task SendChunkAsync(byte[] bytes)
    {
        _stream ??= await JoinAsync();
        using var frame = OutboundFrame.Rent(new ChunkFrame { Chunks = { new ChunkSlice { Ordinal = 0, Length = (uint)bytes.Length } } });
        var rest = bytes.AsMemory();
        foreach (var space in frame.Space(0))
        {
            rest[..space.Length].CopyTo(space);
            rest = rest[space.Length..];
        }
        await _stream.SendAsync(frame, _deadline.Token);
    }

    /// <summary>The victim's next message of one of these kinds. A receipt is confirmed, as by anybody.</summary>
    /// <returns>null when it closed the connection instead</returns>
    public async Task<Control?> NextAsync(params Control.KindOneofCase[] kinds)
    {
        try
        {
            while (await link.Control.ReceiveAsync(_deadline.Token) is Inbound.Message { Control: var message })
            {
                if (message.KindCase == Control.KindOneofCase.Receipt)
                    await link.Control.SendAsync(new Control { ReceiptConfirmed = new ReceiptConfirmed { TransferId = message.Receipt.TransferId } }, _deadline.Token);
                if (kinds.Contains(message.KindCase) && TransferMessages.TransferOf(message) == _transfer)
                    return message;
            }
        }
        catch (TransportException)
        {
            Assert.False(_deadline.IsCancellationRequested, $"no {string.Join(" nor ", kinds)} came");
        }
        return null;
    }

    /// <summary>A file of one chunk, announced with the hash of these bytes.</summary>
    public static ManifestEntry File(string path, byte[]? contents = null)
    {
        var file = new ManifestEntry { Path = path, Kind = EntryKind.EntryFile, Mode = 0x1A4, Size = (ulong)(contents?.Length ?? 0) };
        if (contents is not null)
            file.Chunks.Add(new ChunkRef { Sha256 = ByteString.CopyFrom(SHA256.HashData(contents)), Length = (uint)contents.Length });
        return file;
    }

    public static ManifestEntry Folder(string path) => new() { Path = path, Kind = EntryKind.EntryDirectory, Mode = 0x1ED };

    public static ManifestEntry Link(string path, string target) => new() { Path = path, Kind = EntryKind.EntrySymlink, LinkTarget = target };

    public void Dispose()
    {
        _stream?.Dispose();
        link.Control.Dispose();
        _deadline.Dispose();
    }

    private async Task<SecureStream> JoinAsync()
    {
        var joined = await new StreamRunner(self.Context).DialAsync(victim, link.Result.Session, 1, _transfer, _deadline.Token);
        Assert.True(joined.Stream is not null, joined.Problem);
        return joined.Stream!;
    }
}
