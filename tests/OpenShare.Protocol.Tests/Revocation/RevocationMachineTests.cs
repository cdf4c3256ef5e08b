using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Registration;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class RevocationMachineTests : RevocationMachineRig
{
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
}
