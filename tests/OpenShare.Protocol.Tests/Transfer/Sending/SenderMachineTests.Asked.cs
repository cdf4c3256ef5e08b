using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Tests.Transfer.Sending;

/// <summary>A receiver where a person is asked first.</summary>
public sealed partial class SenderMachineTests
{
    [Fact]
    public void While_a_person_is_asked_nothing_goes_out_and_no_stream_is_wanted()
    {
        Begin();
        Expect(Receive(Answered(Answer.Asked)), "=Offering");
        Assert.True(_machine.IsAsked);
        Expect(Receive(Answered(Answer.Asked)));
        Expect(Do(new SenderInput.StreamDown(1)));
        Expect(Do(new SenderInput.StreamDown(2)));
        // It asks again where the receiver is, as ever, and for nothing else.
        Assert.Equal(_now + Small.Quiet, _machine.NextTimeout);
        _now += Small.Quiet;
        Expect(Do(new SenderInput.TimedOut()), "-> TransferResumed");

        Expect(Receive(Answered(Answer.Accepted)), "=Sending", "open 2 streams");
        Assert.False(_machine.IsAsked);
        Expect(Do(new SenderInput.StreamUp(3)), "frame 3: 0", "frame 3: 1");
    }

    [Fact]
    public void A_missing_list_is_a_yes()
    {
        Begin();
        Receive(Answered(Answer.Asked));

        Expect(Receive(TransferMessages.Missing(Some.Transfer, 0, [new(0, 16)])), "=Sending", "page 2");
        Assert.False(_machine.IsAsked);
    }

    [Fact]
    public void A_no_is_the_end_of_the_question()
    {
        Begin();
        Receive(Answered(Answer.Asked));

        Expect(Receive(Answered(Answer.Declined)), "=Declined");
        Assert.True(_machine.IsSettled);
    }

    [Fact]
    public void A_question_is_of_its_link()
    {
        Begin();
        Receive(Answered(Answer.Asked));
        Do(new SenderInput.LinkLost());

        Assert.False(_machine.IsAsked);
        Expect(Do(new SenderInput.LinkUp()), "-> TransferResumed", "open 2 streams");
    }

    [Fact]
    public void Nobody_is_asked_about_what_was_accepted_or_never_offered()
    {
        Do(new SenderInput.LinkUp());
        Expect(Receive(Answered(Answer.Asked)));
        foreach (var page in Pages)
            Do(new SenderInput.PageBuilt(page));
        Receive(Answered(Answer.Accepted));

        Expect(Receive(Answered(Answer.Asked)));
        Assert.False(_machine.IsAsked);
    }
}
