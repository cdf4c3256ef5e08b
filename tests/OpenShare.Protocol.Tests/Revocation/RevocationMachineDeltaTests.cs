using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Revocation;

/// <summary>Deltas: what has changed since the list that is held.</summary>
public sealed class RevocationMachineDeltaTests : RevocationMachineRig
{
    [Fact]
    public void With_a_list_in_hand_a_delta_is_asked_for_and_what_it_makes_takes_the_lists_place()
    {
        var (held, newer) = (List(3, 10), List(4, 10, 11));
        var ask = Asking(held);
        Assert.Equal((3UL, true), (ask.After, ask.IsForDelta));

        var effects = AnswerDelta(ask, RevocationDelta.Between(3, [11], newer), "\"4\"");

        Assert.Equal(newer.Blob, Assert.IsType<RevocationEffect.Store>(effects[0]).List.Blob);
        Assert.Equal((4UL, "\"4\"", true), Assert.IsType<RevocationEffect.Ask>(effects[^1]) is var next ? (next.After, next.ETag, next.IsForDelta) : default);
    }

    [Fact]
    public void A_delta_that_makes_no_list_is_warned_of_and_the_whole_list_is_asked_for()
    {
        var ask = Asking(List(3, 10));
        var effects = AnswerDelta(ask, RevocationDelta.Between(3, [99], List(4, 10, 11)));

        Assert.Contains("whole list", Assert.IsType<RevocationEffect.Warn>(effects[0]).Detail, StringComparison.Ordinal);
        var whole = Assert.IsType<RevocationEffect.Ask>(effects[^1]);
        Assert.False(whole.IsForDelta);
        Assert.Equal(3UL, _machine.Held!.Version);
        // With the whole one in hand the next news are asked for as a delta again.
        Assert.True(Assert.IsType<RevocationEffect.Ask>(Answer(whole, List(4, 10, 11))[^1]).IsForDelta);
    }

    [Theory]
    [InlineData(404, RegistrationProblems.DeltaUnavailable)]
    [InlineData(404, null)]
    [InlineData(503, RegistrationProblems.DatabaseUnavailable)]
    public void A_service_that_has_no_delta_is_asked_for_the_whole_list_at_once(int status, string? code)
    {
        var ask = Asking(List(3, 10));
        var whole = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Refused(status, code, "")), _now));
        Assert.Equal((3UL, false), (whole.After, whole.IsForDelta));
        // A refusal of that is one.
        Assert.Empty(_machine.Handle(new RevocationInput.CallFailed(whole.Call, new ServiceFailure.Refused(404, null, "")), _now));
        Assert.NotNull(_machine.NextTimeout);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public void What_a_proxy_says_while_the_service_is_down_is_no_reason_to_load_the_whole_list(int status)
    {
        var ask = Asking(List(3, 10));
        Assert.Empty(_machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Refused(status, null, "")), _now));
        _now = _machine.NextTimeout!.Value;
        Assert.True(Only<RevocationEffect.Ask>(_machine.HandleTimeout(_now)).IsForDelta);
    }

    [Fact]
    public void Once_the_whole_list_is_what_it_holds_it_asks_for_deltas_again()
    {
        var ask = Asking(List(3, 10));
        var whole = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Unreadable("<html>")), _now));
        Assert.False(whole.IsForDelta);
        _machine.Handle(new RevocationInput.Answered(whole.Call, new RevocationAnswer.NotModified()), _now);
        _now = _machine.NextTimeout!.Value;
        Assert.True(Only<RevocationEffect.Ask>(_machine.HandleTimeout(_now)).IsForDelta);
    }

    [Fact]
    public void A_service_that_was_asked_too_much_is_not_asked_for_more()
    {
        var ask = Asking(List(3, 10));
        Assert.Empty(_machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Refused(429, RegistrationProblems.TooManyRequests, "")), _now));
        Assert.NotNull(_machine.NextTimeout);
    }

    [Fact]
    public void A_delta_is_applied_to_the_list_it_was_asked_for_whatever_a_peer_has_shown_meanwhile()
    {
        var newer = List(4, 10, 11);
        var ask = Asking(List(3, 10));
        _machine.Handle(new RevocationInput.Offered(newer.Blob), _now);

        Assert.Empty(AnswerDelta(ask, RevocationDelta.Between(3, [11], newer)));
        Assert.Equal(newer.Blob, _machine.Held!.Blob);
    }

    [Fact]
    public void A_list_in_the_encoding_of_before_is_followed_by_a_whole_one()
    {
        var payload = new RevocationListPayload { CrlVersion = 3, IssuedAt = Organisation.Now.ToUnixTimeSeconds(), NextUpdate = Organisation.Now.AddDays(7).ToUnixTimeSeconds(), Encoding = RevocationListPayload.Types.Encoding.Entries };
        var held = RevocationList.Read(SignedBlobs.Sign(_organisation.Revocation, SignatureContext.RevocationList, payload), _organisation.Trust);
        Assert.False(Asking(held).IsForDelta);
    }
}
