using FsCheck.Xunit;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>Both machines over a link that does its worst.</summary>
public sealed class HandshakeLinkTests
{
    private readonly HandshakeParty _a, _b;

    public HandshakeLinkTests()
    {
        var organisation = new Organisation();
        (_a, _b) = (organisation.Device(10), organisation.Device(11));
    }

    [Property(MaxTest = 400)]
    public void Whatever_the_link_does_nobody_hangs_and_nobody_is_deceived(int seed)
    {
        var pair = new HandshakePair(_a, _b, randomI: new SeededRandom(seed), randomR: new SeededRandom(~seed));
        var link = new SimulatedLink(pair, seed);
        var end = link.Run();

        Assert.True(pair.InitiatorResult is null ^ pair.InitiatorFailure is null);
        Assert.True(pair.ResponderResult is null ^ pair.ResponderFailure is null);
        // A frame may arrive after both have ended; until then the deadline bounds all.
        Assert.True(end <= Organisation.Now + HandshakeParty.Deadline + TimeSpan.FromSeconds(12));
        Assert.Null(pair.Initiator.NextTimeout);
        Assert.Null(pair.Responder.NextTimeout);

        if (link.IsGood)
            Assert.NotNull(pair.InitiatorResult);
        if (pair.InitiatorResult is { } opened)
        {
            Assert.NotNull(pair.ResponderResult);
            Assert.Equal(pair.ResponderResult.Session.Id, opened.Session.Id);
            Assert.Equal(_b.Certificate.DeviceId, opened.Peer.DeviceId);
            Assert.Contains(link.ArrivedAtInitiator, frame => frame.SequenceEqual(link.SentByResponder[1]));
        }
        if (pair.ResponderResult is { } accepted)
        {
            Assert.Equal(_a.Certificate.DeviceId, accepted.Peer.DeviceId);
            Assert.Contains(link.ArrivedAtResponder, frame => frame.SequenceEqual(link.SentByInitiator[0]));
            Assert.Contains(link.ArrivedAtInitiator, frame => frame.SequenceEqual(link.SentByResponder[0]));
            Assert.Contains(link.ArrivedAtResponder, frame => frame.SequenceEqual(link.SentByInitiator[1]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_frame_with_any_bit_flipped_opens_nothing_at_its_receiver(int number)
    {
        var length = new HandshakePair(_a, _b).Run().Frames[number].Length;
        for (var at = 0; at < length; at++)
        {
            var bit = (byte)(1 << at % 8);
            var pair = new HandshakePair(_a, _b).Run((n, frame) => n == number ? Flip(frame, at, bit) : frame);
            Assert.Null(pair.InitiatorResult);
            Assert.Equal(number == 3, pair.ResponderResult is not null);
            Assert.True(pair.InitiatorFailure is HandshakeFailure.Broken or HandshakeFailure.Hinted or null);
            Assert.True(pair.ResponderFailure is HandshakeFailure.Broken or null);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_a_lost_frame_both_sides_time_out_at_the_deadline_and_not_before(int number)
    {
        var pair = new HandshakePair(_a, _b).Run((n, frame) => n == number ? null : frame);
        var deadline = Organisation.Now + HandshakeParty.Deadline;
        Assert.Equal(deadline, pair.Initiator.NextTimeout);
        Assert.Empty(pair.Initiator.HandleTimeout(deadline.AddTicks(-1)));
        Assert.IsType<HandshakeFailure.TimedOut>(Assert.IsType<HandshakeEffect.Failed>(Assert.Single(pair.Initiator.HandleTimeout(deadline))).Failure);
        Assert.Empty(pair.Initiator.HandleTimeout(deadline));
        if (number < 3)
            Assert.IsType<HandshakeFailure.TimedOut>(Assert.IsType<HandshakeEffect.Failed>(Assert.Single(pair.Responder.HandleTimeout(deadline))).Failure);
        else
            Assert.NotNull(pair.ResponderResult);
    }

    [Fact]
    public void A_frame_after_the_deadline_is_too_late_even_where_no_timer_fired()
    {
        var pair = new HandshakePair(_a, _b);
        var opening = HandshakePair.Sent([], pair.Initiator.Start(Organisation.Now));
        var effects = pair.Responder.Handle(opening[0], Organisation.Now + HandshakeParty.Deadline);
        Assert.IsType<HandshakeFailure.TimedOut>(Assert.IsType<HandshakeEffect.Failed>(Assert.Single(effects)).Failure);
    }

    [Fact]
    public void The_end_is_the_end()
    {
        var pair = new HandshakePair(_a, _b).Run();
        foreach (var frame in pair.Frames)
        {
            Assert.Empty(pair.Initiator.Handle(frame, Organisation.Now));
            Assert.Empty(pair.Responder.Handle(frame, Organisation.Now));
        }
        Assert.Empty(pair.Initiator.HandleTimeout(Organisation.Now.AddDays(1)));
        Assert.Empty(pair.Responder.HandleTimeout(Organisation.Now.AddDays(1)));
    }

    [Fact]
    public void Both_know_the_others_purpose_and_revocation_version()
    {
        var organisation = new Organisation();
        var (a, b) = (organisation.Device(10) with { Revoked = organisation.Revoke(4) }, organisation.Device(11) with { Revoked = organisation.Revoke(9) });
        var pair = new HandshakePair(a, b, purpose: Authentication.Types.Purpose.Probe).Run();
        Assert.Equal((9UL, Authentication.Types.Purpose.Probe), (pair.InitiatorResult!.PeerRevocationVersion, pair.InitiatorResult.Purpose));
        Assert.Equal((4UL, Authentication.Types.Purpose.Probe), (pair.ResponderResult!.PeerRevocationVersion, pair.ResponderResult.Purpose));
    }

    [Fact]
    public void Certificates_and_names_never_travel_in_the_clear()
    {
        var pair = new HandshakePair(_a, _b).Run();
        foreach (var certificate in new[] { _a.Certificate, _b.Certificate })
        {
            Assert.All(pair.Frames, frame => Assert.Equal(-1, frame.AsSpan().IndexOf(certificate.PublicKey.Bytes)));
            Assert.All(pair.Frames, frame => Assert.Equal(-1, frame.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(certificate.Name))));
        }
    }

    private static byte[] Flip(byte[] frame, int at, byte bit)
    {
        byte[] altered = [.. frame];
        altered[at] ^= bit;
        return altered;
    }
}
