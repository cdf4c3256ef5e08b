using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Offers that a person at the receiver decides on, ben's: nothing of them is taken before, and no question is lost.</summary>
public sealed class AskTests : TransferSpecs
{
    private const long Size = (40 * Chunk) + 5;

    private readonly TransferDevice _ann;
    private readonly TransferDevice _ben;
    private readonly byte[] _content;

    public AskTests()
    {
        (_ann, _ben) = (Start("ann"), Start("ben", accept: AcceptPolicy.Ask));
        _content = _ann.Write("a.bin", (int)Size);
    }

    [Fact]
    public async Task A_person_is_told_who_what_and_how_much_and_until_he_answers_nothing_is_kept()
    {
        _ben.Disk.OnWrite = _ => Assert.Fail("a chunk is written");
        var id = await _ann.SendAsync(_ben, "a.bin");

        var asked = await _ben.SeesAsync(id, v => v is { State: TransferState.AwaitingAnswer, TotalsKnown: true });

        Assert.Equal(("ann", "a.bin", Size, 0L), (asked.PeerName, asked.Summary, asked.BytesTotal, asked.BytesDone));
        await _ann.SeesAsync(id, v => v.State == TransferState.AwaitingAnswer);
        Assert.Empty(Directory.EnumerateFiles(_ben.Inbox, "*", SearchOption.AllDirectories));
        Assert.Equal(0u, _ben.Database.Manifests.Count(_ben.Database.Transfers.Find(id)!.Value.No));

        _ben.Disk.OnWrite = _ => { };
        var answered = await _ben.AnswerAsync(id, isAccepted: true);
        Assert.True(answered.WasAsked);
        Assert.Equal(TransferState.Transferring, answered.Transfer!.State);
        AssertCompleted(await _ann.EndsAsync(id), 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
        Assert.False((await _ben.AnswerAsync(id, isAccepted: false)).WasAsked);
    }

    [Fact]
    public async Task Who_is_asked_and_where_it_goes_is_changed_while_the_device_runs()
    {
        using var folder = new Support.TemporaryFolder();
        var first = await AskedAsync();

        _ben.Change(new ReceivingRule(AcceptPolicy.Own, folder["in"], AllowsOverwriting: true));
        _ann.Write("b.bin", 100);
        AssertCompleted(await _ann.EndsAsync(await _ann.SendAsync(_ben, "b.bin")), 1);

        Assert.True(File.Exists(Path.Combine(folder["in"], "b.bin")));
        Assert.True((await _ben.AnswerAsync(first, isAccepted: false)).WasAsked);
    }

    [Theory]
    [InlineData("at once")]
    [InlineData("while nobody is there")]
    [InlineData("and a restart comes after")]
    public async Task What_is_accepted_is_saved_where_the_answer_says_and_leaves_nothing_elsewhere(string when)
    {
        using var folder = new Support.TemporaryFolder();
        var elsewhere = folder["else/where"];
        var id = await AskedAsync();
        if (when == "while nobody is there")
        {
            await _ann.KillAsync();
            await _ben.KillAsync();
            _ben.Start();
        }

        Assert.True((await _ben.AnswerAsync(id, isAccepted: true, elsewhere)).WasAsked);
        if (when == "while nobody is there")
        {
            _ann.Start();
            _ann.See(_ben);
        }
        else if (when == "and a restart comes after")
        {
            await _ben.KillAsync();
            _ben.Start();
            _ann.See(_ben);
        }

        AssertCompleted(await _ann.EndsAsync(id), 1);
        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(elsewhere, "a.bin")));
        await AwaitAssertAsync(() => Assert.Equal(0, _ben.Disk.OpenDestinations), TimeSpan.FromSeconds(10));
        if (when == "and a restart comes after")
        {
            // What a killed process left is swept at the first start after the end.
            await _ben.KillAsync();
            _ben.Start();
        }
        await AwaitAssertAsync(() => Assert.Empty(Directory.EnumerateFileSystemEntries(_ben.Inbox)), TimeSpan.FromSeconds(10));
        await AwaitAssertAsync(() => Assert.Single(Directory.EnumerateFileSystemEntries(elsewhere)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Where_that_cannot_be_opened_both_sides_are_told()
    {
        var id = await AskedAsync();
        File.WriteAllText(Path.Combine(_ben.Inbox, "file"), "");

        await _ben.AnswerAsync(id, isAccepted: true, Path.Combine(_ben.Inbox, "file", "below"));

        Assert.Equal(TransferState.Failed, (await _ann.EndsAsync(id)).State);
        Assert.Equal(TransferState.Failed, (await _ben.EndsAsync(id)).State);
    }

    [Fact]
    public async Task A_no_ends_it_on_both_sides_and_leaves_nothing()
    {
        var id = await AskedAsync();

        Assert.Equal(TransferState.Declined, (await _ben.AnswerAsync(id, isAccepted: false)).Transfer!.State);

        var end = await _ann.EndsAsync(id);
        Assert.Equal((TransferState.Declined, null), (end.State, end.Detail));
        await AwaitAssertAsync(() => Assert.Empty(Directory.EnumerateFileSystemEntries(_ben.Inbox)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_question_is_kept_and_answered_before_the_sender_is_there_again(bool isAccepted)
    {
        var id = await AskedAsync();
        await _ann.KillAsync();
        await _ben.KillAsync();
        _ben.Start();

        var kept = Assert.Single(await _ben.TransfersAsync());
        Assert.Equal((TransferState.AwaitingAnswer, "a.bin", Size), (kept.State, kept.Summary, kept.BytesTotal));
        Assert.True((await _ben.AnswerAsync(id, isAccepted)).WasAsked);
        // An answer is kept as well.
        await _ben.KillAsync();
        _ben.Start();
        _ann.Start();
        _ann.See(_ben);

        if (isAccepted)
            AssertCompleted(await _ann.EndsAsync(id), 1);
        else
            Assert.Equal(TransferState.Declined, (await _ann.EndsAsync(id)).State);
    }

    [Fact]
    public async Task A_question_that_outlived_the_link_is_answered_without_one()
    {
        var id = await AskedAsync();
        await _ann.KillAsync();

        Assert.True((await _ben.AnswerAsync(id, isAccepted: true)).WasAsked);

        _ann.Start();
        _ann.See(_ben);
        AssertCompleted(await _ann.EndsAsync(id), 1);
        Assert.Equal(_content, _ben.Arrived("a.bin"));
    }

    [Fact]
    public async Task A_sender_that_was_restarted_hears_that_a_person_is_asked_still()
    {
        var id = await AskedAsync();
        await _ann.KillAsync();
        _ann.Start();
        _ann.See(_ben);

        await _ann.SeesAsync(id, v => v.State == TransferState.AwaitingAnswer);
        await _ben.AnswerAsync(id, isAccepted: true);
        AssertCompleted(await _ann.EndsAsync(id), 1);
    }

    [Fact]
    public async Task A_sender_who_cancels_takes_the_question_back()
    {
        var id = await AskedAsync();

        await _ann.CancelAsync(id);

        Assert.Equal(TransferState.Cancelled, (await _ben.EndsAsync(id)).State);
        Assert.False((await _ben.AnswerAsync(id, isAccepted: true)).WasAsked);
    }

    [Fact]
    public async Task So_many_offers_of_a_device_wait_and_one_more_is_declined_until_one_has_its_answer()
    {
        var waiting = new List<TransferId>();
        for (var i = 0; i < TransfersActor.MostAsked; i++)
            waiting.Add(await AskedAsync());

        var refused = await _ann.EndsAsync(await _ann.SendAsync(_ben, "a.bin"));

        Assert.Equal(TransferState.Declined, refused.State);
        Assert.Contains("wait for an answer there already", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(TransfersActor.MostAsked, (await _ben.TransfersAsync()).Length);
        await _ben.AnswerAsync(waiting[0], isAccepted: false);
        await AskedAsync();
    }

    [Theory]
    [InlineData(AcceptPolicy.Ask, AcceptRule.Always, TransferState.Completed)]
    [InlineData(AcceptPolicy.Ask, AcceptRule.Never, TransferState.Declined)]
    [InlineData(AcceptPolicy.Own, AcceptRule.Never, TransferState.Declined)]
    [InlineData(AcceptPolicy.None, AcceptRule.Always, TransferState.Declined)]
    public async Task A_rule_for_a_device_stands_before_own_and_ask_and_none_before_it(AcceptPolicy policy, AcceptRule rule, TransferState end)
    {
        await _ben.KillAsync();
        _ben.Accept = policy;
        _ben.Start();
        _ben.Database.AcceptRules.Set(_ann.Identity.DeviceId, rule);

        Assert.Equal(end, (await _ann.EndsAsync(await _ann.SendAsync(_ben, "a.bin"))).State);
    }

    [Fact]
    public async Task What_was_accepted_before_goes_on_under_another_policy()
    {
        var id = await AskedAsync();
        await _ann.KillAsync();
        await _ben.AnswerAsync(id, isAccepted: true);
        await _ben.KillAsync();
        _ben.Accept = AcceptPolicy.None;
        _ben.Start();
        _ann.Start();
        _ann.See(_ben);

        AssertCompleted(await _ann.EndsAsync(id), 1);
    }

    [Theory]
    [InlineData(AcceptPolicy.Own, null)]
    [InlineData(AcceptPolicy.Ask, AcceptRule.Always)]
    public async Task A_person_who_was_asked_is_asked_still_whatever_is_decided_about_later_offers(AcceptPolicy policy, AcceptRule? rule)
    {
        var id = await AskedAsync();
        await _ann.KillAsync();
        await _ben.KillAsync();
        _ben.Accept = policy;
        _ben.Start(before: () =>
        {
            if (rule is { } always)
                _ben.Database.AcceptRules.Set(_ann.Identity.DeviceId, always);
        });
        _ann.Start();
        _ann.See(_ben);

        // What came of the offer that was told anew: the sender hears of it either way.
        Assert.Equal(TransferState.AwaitingAnswer, (await _ann.SeesAsync(id, v => v.State >= TransferState.AwaitingAnswer)).State);
        Assert.True((await _ben.AnswerAsync(id, isAccepted: false)).WasAsked);
        Assert.Equal(TransferState.Declined, (await _ann.EndsAsync(id)).State);
    }

    [Theory]
    [InlineData(true, TransferState.Transferring)]
    [InlineData(false, TransferState.Declined)]
    public async Task A_session_that_has_no_link_yet_keeps_the_answer(bool isAccepted, TransferState kept)
    {
        var id = await AskedAsync();
        await _ann.KillAsync();
        await _ben.KillAsync();
        _ben.Start();
        var (no, record) = _ben.Database.Transfers.Find(id)!.Value;
        var session = Sys.ActorOf(ReceivingActor.Props(new TransferScope(_ben.Context, _ben.Stores, _ben.Disk, _ben.Identity, TestActor, no, record, AcceptPolicy.Ask)));

        var answered = await session.Ask<OfferAnswered>(new TransferSignals.Answer(isAccepted, null), TimeSpan.FromSeconds(10));

        Assert.Equal((kept, true), (answered.Transfer!.State, answered.WasAsked));
        var after = _ben.Database.Transfers.Find(id)!.Value.Transfer;
        Assert.Equal((kept, "a.bin", Size), (after.State, after.Summary, after.BytesTotal));
    }

    private async Task<TransferId> AskedAsync()
    {
        var id = await _ann.SendAsync(_ben, "a.bin");
        await _ben.SeesAsync(id, v => v is { State: TransferState.AwaitingAnswer, TotalsKnown: true });
        await _ann.SeesAsync(id, v => v.State == TransferState.AwaitingAnswer);
        return id;
    }
}
