using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Handshake;

/// <summary>The table of refusals, in the order of the checks; each seen on both sides, whichever side is at fault.</summary>
public sealed class HandshakeRefusalTests
{
    [Flags]
    public enum Fault
    {
        None = 0,
        ForgedCertificate = 1,
        OtherAccount = 2,
        Expired = 4,
        NotYetValid = 8,
        Revoked = 16,
        Duplicate = 32,
        WrongKey = 64,
    }

    private static readonly (Fault Fault, RefusalCode Code)[] InOrder = [
        (Fault.ForgedCertificate, RefusalCode.BadCertificate), (Fault.OtherAccount, RefusalCode.WrongAccount),
        (Fault.Expired, RefusalCode.Expired), (Fault.NotYetValid, RefusalCode.Expired), (Fault.Revoked, RefusalCode.Revoked),
        (Fault.Duplicate, RefusalCode.Duplicate), (Fault.WrongKey, RefusalCode.BadSignature)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_fault_alone_and_with_any_others_is_refused_by_the_first_check_it_fails(bool initiatorIsAtFault)
    {
        for (var faults = (Fault)1; faults < (Fault)128; faults++)
        {
            if (faults.HasFlag(Fault.Expired | Fault.NotYetValid))
                continue;
            var expected = InOrder.First(check => faults.HasFlag(check.Fault)).Code;
            var (bad, good) = Parties(faults);
            var pair = initiatorIsAtFault ? new HandshakePair(bad, good) : new HandshakePair(good, bad);
            // Two accounts refuse each other, and the initiator speaks first: one that minds nothing must dial here.
            var (judge, judged) = !initiatorIsAtFault ? (pair.Run().InitiatorFailure, pair.ResponderFailure)
                : faults.HasFlag(Fault.OtherAccount) ? DialCarelessly(bad, good)
                : (pair.Run().ResponderFailure, pair.InitiatorFailure);

            Assert.Null(pair.InitiatorResult);
            Assert.Null(pair.ResponderResult);
            var refused = Assert.IsType<HandshakeFailure.Refused>(judge);
            Assert.True(expected == refused.Code, $"{faults}: {refused.Code} instead of {expected}");
            Assert.Equal(bad.Certificate.DeviceId, refused.Certificate!.DeviceId);
            Assert.Equal(!faults.HasFlag(Fault.WrongKey), refused.IsKeyProven);
            var told = Assert.IsType<HandshakeFailure.RefusedByPeer>(judged);
            Assert.Equal((expected, refused.Detail), (told.Code, told.Detail));
            // Only the responder has proven itself by the time it refuses.
            Assert.Equal(initiatorIsAtFault ? good.Certificate.DeviceId : null, told.By?.DeviceId);
        }
    }

    [Fact]
    public void Without_a_fault_the_same_table_opens()
    {
        var (same, good) = Parties(Fault.None);
        Assert.NotNull(new HandshakePair(same, good).Run().InitiatorResult);
    }

    [Fact]
    public void A_device_that_was_not_looked_for_is_refused_on_both_sides()
    {
        var organisation = new Organisation();
        var (a, b, wanted) = (organisation.Device(10), organisation.Device(11), organisation.Device(12).Certificate.DeviceId);
        var pair = new HandshakePair(a, b, expected: wanted).Run();
        Assert.Equal(RefusalCode.UnexpectedDevice, Assert.IsType<HandshakeFailure.Refused>(pair.InitiatorFailure).Code);
        Assert.Equal(RefusalCode.UnexpectedDevice, Assert.IsType<HandshakeFailure.RefusedByPeer>(pair.ResponderFailure).Code);
        Assert.NotNull(new HandshakePair(a, b, expected: b.Certificate.DeviceId).Run().InitiatorResult);
    }

    [Fact]
    public void A_device_that_reaches_itself_or_a_copy_of_its_key_is_refused()
    {
        var self = new Organisation().Device(10);
        var pair = new HandshakePair(self, self).Run();
        Assert.Equal(RefusalCode.Duplicate, Assert.IsType<HandshakeFailure.Refused>(pair.InitiatorFailure).Code);
        Assert.Equal(RefusalCode.Duplicate, Assert.IsType<HandshakeFailure.RefusedByPeer>(pair.ResponderFailure).Code);
    }

    [Theory]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void Five_minutes_of_clock_skew_are_borne_at_the_start_of_a_certificate(int seconds, bool opens)
    {
        var organisation = new Organisation();
        var (a, b) = (organisation.Device(10), organisation.Device(11, issued: Organisation.Now));
        Assert.Equal(opens, new HandshakePair(a, b, now: b.Certificate.IssuedAt.AddSeconds(seconds)).Run().InitiatorResult is not null);
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void Five_minutes_of_clock_skew_are_borne_at_the_end_of_a_certificate(int seconds, bool opens)
    {
        var organisation = new Organisation();
        var (a, b) = (organisation.Device(10), organisation.Device(11, lifetime: TimeSpan.FromDays(2)));
        Assert.Equal(opens, new HandshakePair(a, b, now: b.Certificate.ExpiresAt.AddSeconds(seconds)).Run().InitiatorResult is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_clock_set_back_brings_no_expired_certificate_to_life(bool initiatorIsExpired)
    {
        var organisation = new Organisation();
        var (issued, setBackTo) = (Organisation.Now.AddDays(-25), Organisation.Now.AddDays(-20));
        var expired = organisation.Device(10, issued: issued, lifetime: TimeSpan.FromDays(10));
        var setBack = organisation.Device(11, issued: issued);
        var verifiedSince = setBack with { Floor = TimeFloor.None.Raise(Organisation.Now) };

        Assert.NotNull(Meet(setBack).InitiatorResult);
        var judge = Meet(verifiedSince) is var pair && initiatorIsExpired ? pair.ResponderFailure : pair.InitiatorFailure;
        Assert.Equal(RefusalCode.Expired, Assert.IsType<HandshakeFailure.Refused>(judge).Code);

        HandshakePair Meet(HandshakeParty other) =>
            (initiatorIsExpired ? new HandshakePair(expired, other, now: setBackTo) : new HandshakePair(other, expired, now: setBackTo)).Run();
    }

    private static (HandshakeParty Bad, HandshakeParty Good) Parties(Fault faults)
    {
        var organisation = new Organisation();
        var now = Organisation.Now;
        var bad = organisation.Device(
            10,
            account: faults.HasFlag(Fault.OtherAccount) ? "other" : "acme",
            issued: faults.HasFlag(Fault.Expired) ? now.AddDays(-20) : faults.HasFlag(Fault.NotYetValid) ? now.AddDays(1) : now.AddDays(-1),
            lifetime: TimeSpan.FromDays(10),
            issuing: faults.HasFlag(Fault.ForgedCertificate) ? new ImpostorSigner(organisation.Issuing.PublicKey) : null);
        if (faults.HasFlag(Fault.WrongKey))
            bad = bad with { Key = new ImpostorSigner(bad.Key.PublicKey) };
        var good = organisation.Device(11) with
        {
            Revoked = organisation.Revoke(1, faults.HasFlag(Fault.Revoked) ? [bad.Certificate] : []),
            Duplicates = new HashSet<DeviceId>(faults.HasFlag(Fault.Duplicate) ? [bad.Certificate.DeviceId] : []),
        };
        return (bad, good);
    }

    /// <summary>Both ends' failures, where the dialling side accepts whatever answers.</summary>
    private static (HandshakeFailure? AtResponder, HandshakeFailure? AtInitiator) DialCarelessly(HandshakeParty bad, HandshakeParty good)
    {
        var dialler = new DishonestDevice(bad);
        using var responder = new HandshakeResponder(good, new SeededRandom(2), Organisation.Now);
        var answer = HandshakePair.Sent([], responder.Handle(dialler.Opening(), Organisation.Now));
        var shown = DeviceCertificate.Read(dialler.Read(answer[0]).Certificate);
        var effects = responder.Handle(dialler.Proof(), Organisation.Now);
        var verdict = HandshakeReference.Open(dialler.Values!.SealKey("responder"), 1, HandshakePair.Sent([], effects)[0]);
        var refusal = HandshakeVerdict.Parser.ParseFrom(verdict).Refusal;
        return (effects.OfType<HandshakeEffect.Failed>().Single().Failure, new HandshakeFailure.RefusedByPeer(refusal.Code, refusal.Detail) { By = shown });
    }

    /// <summary>Says it has a key that it does not hold.</summary>
    private sealed class ImpostorSigner(PublicKey claimed) : ISigner
    {
        private readonly SigningKey _own = Organisation.Key(0xEE, 0xEE);

        public PublicKey PublicKey => claimed;

        public byte[] Sign(ReadOnlySpan<byte> data) => _own.Sign(data);
    }
}
