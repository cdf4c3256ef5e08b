using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Revocation;

public class RevocationMachineTests
{
    private readonly Organisation _organisation = new();
    private readonly RevocationMachine _machine = new(RevocationPace.Default, new SeededRandom(1));
    private DateTimeOffset _now = Organisation.Now;

    [Fact]
    public void The_service_proves_its_TLS_key_before_it_is_asked()
    {
        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, null, _now));
        Assert.True(fetch.Contact.IsUnproven);

        var ask = Only<RevocationEffect.Ask>(Show(fetch));
        Assert.Equal(new TlsPin(RegistrationMachineRig.TlsKey), ask.Contact.Pin);
        Assert.Equal((0UL, null, TimeSpan.FromSeconds(5)), (ask.After, ask.ETag, ask.Wait));
    }

    [Fact]
    public void A_relay_with_its_own_TLS_key_is_not_asked()
    {
        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, null, _now));
        Assert.Empty(_machine.Handle(new RevocationInput.TrustRootShown(
            fetch.Call, RegistrationMachineRig.Shown(_organisation, RegistrationMachineRig.OtherTlsKey)), _now));
        Assert.NotNull(_machine.NextTimeout);
    }

    [Fact]
    public void News_are_stored_then_announced_and_the_next_question_follows_at_once()
    {
        var effects = Answer(Asking(), _organisation.Revoke(2), "\"2\"");

        Assert.Equal([typeof(RevocationEffect.Store), typeof(RevocationEffect.Announce), typeof(RevocationEffect.Ask)], effects.Select(e => e.GetType()));
        var ask = (RevocationEffect.Ask)effects[2];
        Assert.Equal((2UL, "\"2\""), (ask.After, ask.ETag));
        Assert.Equal((2UL, _now), (_machine.Held!.Version, _machine.CheckedAt));
    }

    [Fact]
    public void Without_news_a_service_that_answers_at_once_is_asked_every_four_to_five_seconds_and_no_oftener()
    {
        var ask = Asking();
        Assert.Empty(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));

        var due = _machine.NextTimeout!.Value;
        Assert.InRange(due, _now.AddSeconds(4), _now.AddSeconds(5));
        Assert.Empty(_machine.HandleTimeout(due.AddTicks(-1)));
        Only<RevocationEffect.Ask>(_machine.HandleTimeout(due));
    }

    [Fact]
    public void Devices_that_were_answered_at_one_moment_ask_again_at_many()
    {
        var dues = Enumerable.Range(1, 50).Select(seed =>
        {
            var machine = new RevocationMachine(RevocationPace.Default, new SeededRandom(seed));
            var fetch = (RevocationEffect.FetchTrustRoot)machine.Start(Source, null, _now)[^1];
            var ask = (RevocationEffect.Ask)machine.Handle(new RevocationInput.TrustRootShown(fetch.Call, RegistrationMachineRig.Shown(_organisation)), _now)[^1];
            machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now);
            return machine.NextTimeout!.Value;
        }).ToList();

        Assert.All(dues, due => Assert.InRange(due, _now.AddSeconds(4), _now.AddSeconds(5)));
        Assert.True(dues.Max() - dues.Min() > TimeSpan.FromSeconds(0.7));
    }

    [Fact]
    public void A_question_that_waited_its_five_seconds_is_asked_again_at_once()
    {
        var ask = Asking();
        _now = _now.AddSeconds(5);
        Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, -1)]
    public void An_older_list_is_refused_whoever_shows_it(ulong version, int minutes)
    {
        var held = _organisation.Revoke(3);
        var older = RevocationList.Create(_organisation.Revocation, version, Organisation.Now.AddMinutes(minutes), Organisation.Now.AddDays(7), []);
        var ask = Asking(held);

        Only<RevocationEffect.Warn>(_machine.Handle(new RevocationInput.Offered(older.Blob), _now));
        Only<RevocationEffect.Warn>(Answer(ask, older));

        Assert.Same(held, _machine.Held);
    }

    [Fact]
    public void A_list_signed_anew_takes_the_place_of_its_elder()
    {
        var anew = RevocationList.Create(_organisation.Revocation, 3, Organisation.Now.AddSeconds(1), Organisation.Now.AddDays(7), []);
        Assert.IsType<RevocationEffect.Store>(Answer(Asking(_organisation.Revoke(3)), anew)[0]);
    }

    [Fact]
    public void A_list_by_another_key_is_refused_whoever_shows_it()
    {
        var ask = Asking();
        // Another organisation's CRL key, and our own issuing key.
        var foreign = new Organisation(7).Revoke(9);
        var misused = RevocationList.Create(_organisation.Issuing, 9, Organisation.Now, Organisation.Now.AddDays(7), []);

        Only<RevocationEffect.Warn>(_machine.Handle(new RevocationInput.Offered(foreign.Blob), _now));
        Only<RevocationEffect.Warn>(_machine.Handle(new RevocationInput.Offered(misused.Blob), _now));
        Only<RevocationEffect.Warn>(Answer(ask, foreign));

        Assert.Null(_machine.Held);
    }

    [Fact]
    public void A_peers_newer_list_is_taken_while_the_service_is_out_of_reach()
    {
        var ask = Asking();
        _machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Unreachable("")), _now);
        var next = _machine.NextTimeout;

        var effects = _machine.Handle(new RevocationInput.Offered(_organisation.Revoke(4).Blob), _now);

        Assert.Equal([typeof(RevocationEffect.Store), typeof(RevocationEffect.Announce)], effects.Select(e => e.GetType()));
        Assert.Equal(next, _machine.NextTimeout);
        Assert.Null(_machine.CheckedAt);
        Assert.Empty(_machine.Handle(new RevocationInput.Offered(_organisation.Revoke(4).Blob), _now));
    }

    [Fact]
    public void A_list_from_nowhere_changes_nothing_before_registration()
    {
        Assert.Empty(_machine.Handle(new RevocationInput.Offered(_organisation.Revoke(4).Blob), _now));
        Assert.IsType<RefreshOutcome.NotRegistered>(Only<RevocationEffect.AnswerRefresh>(_machine.Handle(new RevocationInput.RefreshAsked(), _now)).Outcome);
    }

    [Fact]
    public void The_list_on_disk_is_in_force_from_the_start()
    {
        var held = _organisation.Revoke(3);
        Assert.Same(held, Assert.IsType<RevocationEffect.Announce>(_machine.Start(Source, held, _now)[0]).List);
    }

    [Fact]
    public void A_refresh_gives_up_the_long_poll_and_is_answered_once_for_all()
    {
        var ask = Asking(_organisation.Revoke(3));
        var refresh = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.RefreshAsked(), _now));
        Assert.Equal(TimeSpan.Zero, refresh.Wait);
        Assert.Empty(_machine.Handle(new RevocationInput.RefreshAsked(), _now));
        Assert.Empty(Answer(ask, _organisation.Revoke(4)));

        var effects = Answer(refresh, _organisation.Revoke(4));

        Assert.Equal(
            [typeof(RevocationEffect.Store), typeof(RevocationEffect.Announce), typeof(RevocationEffect.AnswerRefresh), typeof(RevocationEffect.Ask)],
            effects.Select(e => e.GetType()));
        Assert.Equal(new RefreshOutcome.Refreshed(IsNewer: true), ((RevocationEffect.AnswerRefresh)effects[2]).Outcome);
    }

    [Fact]
    public void A_refresh_says_what_went_wrong()
    {
        Asking(_organisation.Revoke(3));
        var refresh = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.RefreshAsked(), _now));
        var failed = _machine.Handle(new RevocationInput.CallFailed(refresh.Call, new ServiceFailure.Unreachable("Nothing answers.")), _now);
        Assert.Equal(new RefreshOutcome.Unreachable("Nothing answers."), Only<RevocationEffect.AnswerRefresh>(failed).Outcome);

        refresh = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.RefreshAsked(), _now));
        Assert.Contains(Answer(refresh, _organisation.Revoke(2)), e => e is RevocationEffect.AnswerRefresh { Outcome: RefreshOutcome.Rejected });
    }

    [Fact]
    public void On_demand_only_a_person_makes_it_ask()
    {
        var machine = new RevocationMachine(RevocationPace.OnDemand, new SeededRandom(1));
        Assert.Empty(machine.Start(Source with { ServerTrust = "sha256:00" }, null, _now));

        var ask = Only<RevocationEffect.Ask>(machine.Handle(new RevocationInput.RefreshAsked(), _now));
        machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now);

        Assert.Null(machine.NextTimeout);
    }

    [Fact]
    public void A_service_with_a_new_TLS_key_proves_that_one()
    {
        var ask = Asking();
        _machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Untrusted("")), _now);

        Only<RevocationEffect.FetchTrustRoot>(_machine.HandleTimeout(_machine.NextTimeout!.Value));
    }

    [Fact]
    public void Out_of_reach_it_is_tried_again_within_a_minute()
    {
        RevocationEffect effect = Asking();
        for (var i = 0; i < 50; i++)
        {
            _machine.Handle(new RevocationInput.CallFailed(((RevocationEffect.Ask)effect).Call, new ServiceFailure.Unreachable("")), _now);
            Assert.InRange(_machine.NextTimeout!.Value, _now, _now.AddMinutes(1));
            _now = _machine.NextTimeout!.Value;
            effect = Only<RevocationEffect.Ask>(_machine.HandleTimeout(_now));
        }
    }

    [Fact]
    public void A_list_that_only_memory_holds_survives_a_new_start()
    {
        var ask = Asking(_organisation.Revoke(3));
        Answer(ask, _organisation.Revoke(4));

        _machine.Start(Source with { ServerTrust = "sha256:00" }, _organisation.Revoke(3), _now);

        Assert.Equal(4UL, _machine.Held!.Version);
    }

    [Fact]
    public void A_list_whose_key_was_withdrawn_is_discarded_and_a_new_one_is_asked_for()
    {
        var withdrawing = _organisation.Next(_organisation.Trust, crl: Organisation.Key(0, 23));
        Asking(_organisation.Revoke(3));

        var effects = _machine.Start(Source with { Trust = withdrawing }, null, _now);

        Assert.Equal([typeof(RevocationEffect.Discard), typeof(RevocationEffect.Announce), typeof(RevocationEffect.FetchTrustRoot)], effects.Select(e => e.GetType()));
        Assert.Null(((RevocationEffect.Announce)effects[1]).List);
        Assert.Null(_machine.Held);
        // Neither does a peer bring it back.
        Assert.IsType<RevocationEffect.Warn>(Assert.Single(_machine.Handle(new RevocationInput.Offered(_organisation.Revoke(9).Blob), _now)));
    }

    [Fact]
    public void A_list_whose_key_is_still_listed_stays_through_a_change_of_other_keys()
    {
        var ask = Asking(_organisation.Revoke(3));
        Answer(ask, _organisation.Revoke(4));
        var issuing = _organisation.Next(_organisation.Trust, issuing: Organisation.Key(0, 22));

        Only<RevocationEffect.FetchTrustRoot>(_machine.Start(Source with { Trust = issuing }, _organisation.Revoke(3), _now));

        Assert.Equal(4UL, _machine.Held!.Version);
    }

    [Fact]
    public void A_newer_trust_root_that_the_service_shows_is_passed_on()
    {
        var changed = TrustChain.Of(_organisation.Trust).Follow([_organisation.Next(_organisation.Trust, issuing: Organisation.Key(0, 22)).Link]);
        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, null, _now));

        var shown = RegistrationMachineRig.Shown(changed, Organisation.Key(0, 22));
        var effects = _machine.Handle(new RevocationInput.TrustRootShown(fetch.Call, shown), _now);

        // Its TLS key cannot be proven before that is followed; then this starts anew.
        Assert.Equal(changed.Roots.Select(r => r.Link), Only<RevocationEffect.OfferTrustRoot>(effects).Links);
        Assert.IsType<RevocationEffect.FetchTrustRoot>(Assert.Single(_machine.Start(Source with { Trust = changed.Newest }, null, _now)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256:00")]
    public void The_service_is_asked_for_its_trust_root_every_hour(string? serverTrust)
    {
        var effects = _machine.Start(Source with { ServerTrust = serverTrust }, null, _now);
        var ask = Only<RevocationEffect.Ask>(serverTrust is null ? Show(Only<RevocationEffect.FetchTrustRoot>(effects)) : effects);
        _now += RevocationMachine.TrustRootEvery - TimeSpan.FromSeconds(1);
        ask = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));
        _now += TimeSpan.FromSeconds(5);

        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));

        Only<RevocationEffect.Ask>(Show(fetch));
    }

    [Fact]
    public void A_service_that_does_not_show_its_trust_root_is_asked_for_lists_all_the_same()
    {
        var ask = Asking();
        _now += RevocationMachine.TrustRootEvery;
        var fetch = Only<RevocationEffect.FetchTrustRoot>(_machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.NotModified()), _now));

        _machine.Handle(new RevocationInput.CallFailed(fetch.Call, new ServiceFailure.Refused(404, null, "")), _now);

        _now = _machine.NextTimeout!.Value;
        Only<RevocationEffect.Ask>(_machine.HandleTimeout(_now));
    }

    [Fact]
    public void A_list_of_the_service_under_a_key_not_known_here_is_a_reason_to_ask_for_its_trust_root()
    {
        var ask = Asking(_organisation.Revoke(3));
        Answer(ask, new Organisation(7).Revoke(4));

        _now = _machine.NextTimeout!.Value;
        Only<RevocationEffect.FetchTrustRoot>(_machine.HandleTimeout(_now));
    }

    [Fact]
    public void A_list_is_stale_by_what_was_verified_whatever_the_clock_says()
    {
        Asking(_organisation.Revoke(3));
        var lastYear = _now.AddYears(-1);
        Assert.False(_machine.IsStaleAt(lastYear));

        Assert.Empty(_machine.Handle(new RevocationInput.FloorRaised(new TimeFloor(Organisation.Now.AddDays(8))), lastYear));

        Assert.True(_machine.IsStaleAt(lastYear));
        _machine.Handle(new RevocationInput.FloorRaised(TimeFloor.None), lastYear);
        Assert.True(_machine.IsStaleAt(lastYear));
    }

    [Fact]
    public void The_word_of_an_issuing_key_that_has_ended_proves_no_service()
    {
        _machine.Handle(new RevocationInput.FloorRaised(new TimeFloor(Organisation.Now.AddYears(5).AddMinutes(6))), _now);

        Assert.Empty(Show(Assert.IsType<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, null, _now)[^1])));
        Assert.NotNull(_machine.NextTimeout);
    }

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
    [InlineData(404)]
    [InlineData(503)]
    public void A_service_that_has_no_delta_is_asked_for_the_whole_list_at_once(int status)
    {
        var ask = Asking(List(3, 10));
        var whole = Only<RevocationEffect.Ask>(_machine.Handle(new RevocationInput.CallFailed(ask.Call, new ServiceFailure.Refused(status, null, "")), _now));
        Assert.Equal((3UL, false), (whole.After, whole.IsForDelta));
        // A refusal of that is one.
        Assert.Empty(_machine.Handle(new RevocationInput.CallFailed(whole.Call, new ServiceFailure.Refused(404, null, "")), _now));
        Assert.NotNull(_machine.NextTimeout);
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

    private RevocationList List(ulong version, params ulong[] numbers) =>
        RevocationList.Create(_organisation.Revocation, version, Organisation.Now, Organisation.Now.AddDays(7), numbers);

    private IReadOnlyList<RevocationEffect> AnswerDelta(RevocationEffect.Ask ask, RevocationDelta delta, string? etag = null) =>
        _machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.Delta(delta, etag)), _now);

    private RevocationSource Source => new(RegistrationMachineRig.Server, null, _organisation.Trust);

    private RevocationEffect.Ask Asking(RevocationList? held = null) =>
        Only<RevocationEffect.Ask>(Show(Assert.IsType<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, held, _now)[^1])));

    private IReadOnlyList<RevocationEffect> Show(RevocationEffect.FetchTrustRoot fetch) =>
        _machine.Handle(new RevocationInput.TrustRootShown(fetch.Call, RegistrationMachineRig.Shown(_organisation)), _now);

    private IReadOnlyList<RevocationEffect> Answer(RevocationEffect.Ask ask, RevocationList list, string? etag = null) =>
        _machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.List(list.Blob, etag)), _now);

    private static T Only<T>(IReadOnlyList<RevocationEffect> effects) where T : RevocationEffect => Assert.IsType<T>(Assert.Single(effects));
}
