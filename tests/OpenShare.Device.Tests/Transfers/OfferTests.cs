using System.Security.Cryptography;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>What a peer says of a transfer that is not known here leaves a row only if it is a first page that verifies.</summary>
public sealed class OfferTests : TransfersRig
{
    private static readonly LinkId Link = new(5);

    private readonly TransferId _transfer = TransferId.Parse(new string('7', 32));
    private readonly DeviceIdentity _ann;

    public OfferTests()
    {
        _ann = Organisation.Enroll("ann");
        Context.Events.Publish(new PeerEvents.LinkOpened(_ann.DeviceId, Link, _ann.Certificate));
    }

    [Fact]
    public async Task A_first_page_that_verifies_makes_a_row_and_is_accepted()
    {
        Hear(Offer(Page(_ann)));

        Assert.Equal(TransferAnswer.Types.Answer.Accepted, Said().TransferAnswer.Answer);
        await HeardAsync();
        Assert.Equal(_transfer, Assert.Single(Database.Transfers.All()).Transfer.Key.Transfer);
    }

    [Fact]
    public async Task An_offer_that_is_not_the_peers_own_leaves_no_row_and_is_answered()
    {
        Hear(Offer(Page(Organisation.Enroll("mallory"))));

        var answer = Said().TransferAnswer;
        Assert.Equal(TransferAnswer.Types.Answer.Failed, answer.Answer);
        Assert.Contains("not signed by the sending device", answer.Detail, StringComparison.Ordinal);
        await AssertNothingKeptAsync();
    }

    [Fact]
    public async Task A_resume_of_what_is_not_known_leaves_no_row_and_asks_for_the_first_page()
    {
        Hear(new Control { TransferResumed = new TransferResumed { TransferId = Bytes(_transfer.ToBytes()), ManifestId = Bytes(new byte[16]) } });

        Assert.Equal(0u, Said().PageWanted.PageIndex);
        await AssertNothingKeptAsync();
    }

    [Fact]
    public async Task Words_of_a_link_that_is_no_more_begin_nothing()
    {
        Context.Events.Publish(new PeerEvents.ControlReceived(_ann.DeviceId, new LinkId(4), Offer(Page(_ann))));
        Context.Events.Publish(new PeerEvents.ControlReceived(Organisation.Enroll("cat").DeviceId, Link, Offer(Page(_ann))));

        await AssertNothingKeptAsync();
        Peers.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_thousand_streams_for_transfers_that_nobody_offers_leave_no_row_and_few_of_them_wait()
    {
        var streams = Enumerable.Range(0, 1000).Select(_ => new FakeConnection()).ToList();
        for (var i = 0; i < streams.Count; i++)
            Open(streams[i], (uint)i + 1, TransferId.New(Context.Random));

        await AssertNothingKeptAsync();
        Assert.Equal(Device.Transfers.Receiving.EarlyStreams.MostOfAPeer, streams.Count(s => !s.IsClosed));

        Context.Events.Publish(new PeerEvents.LinkClosed(_ann.DeviceId, Link, LinkEnd.Cut, "gone"));
        await HeardAsync();
        Assert.All(streams, s => Assert.True(s.IsClosed));
    }

    [Fact]
    public async Task Streams_go_with_an_offer_that_is_refused_and_others_stay()
    {
        var (refused, waiting) = (new FakeConnection(), new FakeConnection());
        Open(refused, 1, _transfer);
        Open(waiting, 2, TransferId.New(Context.Random));

        Hear(Offer(Page(Organisation.Enroll("mallory"))));

        await HeardAsync();
        Assert.Equal((true, false), (refused.IsClosed, waiting.IsClosed));
    }

    [Fact]
    public async Task A_stream_of_a_link_that_is_no_more_is_closed()
    {
        var stream = new FakeConnection();
        Context.Events.Publish(new PeerEvents.StreamOpened(_ann.DeviceId, new LinkId(4), _transfer, 1, stream.Secured()));

        await HeardAsync();
        Assert.True(stream.IsClosed);
    }

    private void Hear(Control message) => Context.Events.Publish(new PeerEvents.ControlReceived(_ann.DeviceId, Link, message));

    private Control Said() => Peers.FishForMessage<PeerCommands.SendControl>(m => m.Device == _ann.DeviceId && m.Link == Link).Message;

    private void Open(FakeConnection stream, uint id, TransferId transfer) =>
        Context.Events.Publish(new PeerEvents.StreamOpened(_ann.DeviceId, Link, transfer, id, stream.Secured()));

    private Control Offer(Signed page) => TransferMessages.Offer(_transfer, page);

    private async Task AssertNothingKeptAsync()
    {
        await HeardAsync();
        Assert.Empty(Database.Transfers.All());
        Assert.False(Directory.Exists(Inbox));
    }

    // As ann's, whoever signs it.
    private Signed Page(DeviceIdentity signer)
    {
        var page = new ManifestPagePayload
        {
            Version = 1,
            ManifestId = Bytes(RandomNumberGenerator.GetBytes(16)),
            Sender = Bytes(_ann.DeviceId.ToBytes()),
            Receiver = Bytes(Self.DeviceId.ToBytes()),
            Totals = new ManifestTotals { Entries = 1, Chunks = 1, Bytes = 5 },
        };
        page.Entries.Add(new ManifestEntry
        {
            Path = "a",
            Kind = EntryKind.EntryFile,
            Size = 5,
            Chunks = { new ChunkRef { Sha256 = Bytes(SHA256.HashData("12345"u8)), Length = 5 } },
        });
        return SignedBlobs.Sign(signer.Key, SignatureContext.ManifestPage, page);
    }

    private static Google.Protobuf.ByteString Bytes(byte[] bytes) => Google.Protobuf.ByteString.CopyFrom(bytes);
}
