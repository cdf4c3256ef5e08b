using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receiving;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>An offer that the accept policy leaves to a person.</summary>
public sealed class ReceiverMachineAskTests : ReceiverMachineSpecs
{
    [Fact]
    public void While_a_person_is_asked_no_stream_is_open_and_no_chunk_is_taken()
    {
        Do(new ReceiverInput.LinkUp());
        Do(new ReceiverInput.StreamUp(1));
        Frame(1, 0, 1);
        Offer(0);
        Expect(Do(new ReceiverInput.PersonAsked()), "close streams", "=Deciding", "-> Asked");
        Assert.True(Machine.IsAsked);
        Expect(Do(new ReceiverInput.StreamUp(2)), "close streams");
        Expect(Frame(2, 0));
        Expect(Offer(1), "keep page 1");

        Expect(Do(new ReceiverInput.Decided(null)), "=Receiving", "-> Accepted");
        Expect(Stored(0), "-> missing of page 0: [0-15]");
        Expect(Do(new ReceiverInput.StreamUp(3)));
        Expect(Frame(3, 0, 1), "receive 3: 0,1");
        Assert.False(Machine.IsAsked);
    }

    [Fact]
    public void The_question_outlives_the_link_and_is_told_on_the_next()
    {
        Ask();
        Do(new ReceiverInput.LinkLost());
        Do(new ReceiverInput.LinkUp());

        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> want page 1", "-> Asked");
        Expect(Offer(0), "-> Asked");
    }

    [Fact]
    public void An_answer_without_a_link_is_told_by_what_is_missing_on_the_next()
    {
        Ask();
        Do(new ReceiverInput.LinkLost());
        Expect(Do(new ReceiverInput.Decided(null)), "=Receiving");
        Stored(0);
        Do(new ReceiverInput.LinkUp());

        Expect(Receive(TransferMessages.Resumed(Some.Transfer, Some.Manifest)), "-> want page 1", "-> missing of page 0: [0-15]");
    }

    [Fact]
    public void A_no_is_the_end()
    {
        Ask();

        Expect(Do(new ReceiverInput.Decided("")), "=Declined", "discard", "-> Declined");

        Assert.False(Machine.IsAsked);
        Assert.True(Machine.IsSettled);
    }

    [Fact]
    public void A_no_may_come_before_the_offer_is_heard_again_and_a_yes_may_not()
    {
        Do(new ReceiverInput.LinkUp());
        Expect(Do(new ReceiverInput.Decided(null)));

        Expect(Do(new ReceiverInput.Decided("")), "=Declined", "discard", "-> Declined");
    }

    [Fact]
    public void Who_cancels_takes_the_question_back()
    {
        Ask();

        Expect(Receive(TransferMessages.Cancelled(Some.Transfer, "never mind")), "=Cancelled", "discard");

        Assert.False(Machine.IsAsked);
        Expect(Do(new ReceiverInput.Decided(null)));
    }

    [Fact]
    public void A_person_is_asked_once_and_not_about_what_is_decided()
    {
        Ask();
        Expect(Do(new ReceiverInput.PersonAsked()));
        Do(new ReceiverInput.Decided(null));
        Expect(Do(new ReceiverInput.PersonAsked()));
    }

    private void Ask()
    {
        Do(new ReceiverInput.LinkUp());
        Offer(0);
        Do(new ReceiverInput.PersonAsked());
    }
}
