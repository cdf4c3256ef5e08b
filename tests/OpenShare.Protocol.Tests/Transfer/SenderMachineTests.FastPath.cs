using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>Frames are as large as the path is fast.</summary>
public sealed partial class SenderMachineTests
{
    [Fact]
    public void On_a_fast_path_two_chunks_share_a_frame_and_take_two_places_and_on_a_slow_one_each_travels_alone()
    {
        var machine = new SenderMachine(Setup with { Tuning = Small with { Window = 4, PlaceBytes = 1000, PaceBytes = 3000, FastPace = TimeSpan.FromMilliseconds(10) } });
        machine.Handle(new SenderInput.LinkUp(), _now);
        machine.Handle(new SenderInput.StreamUp(1), _now);
        Expect(Pages.SelectMany(p => machine.Handle(new SenderInput.PageBuilt(p), _now)), "page 0", "frame 1: 0", "frame 1: 1", "frame 1: 2", "frame 1: 3", "page 1");
        machine.Handle(new SenderInput.Received(Answered(Answer.Accepted)), _now);

        Expect(After(100, 0), "frame 1: 4");
        Expect(After(5, 1), "frame 1: 5");
        // 3000 bytes in 10 ms. But of the two chunks of a frame each takes its place, and one is free.
        Expect(After(5, 2), "frame 1: 6");
        Expect(After(1, 3, 4), "frame 1: 7-8");
        Expect(After(1, 5, 6), "frame 1: 9-10");
        // 4000 bytes in 20 ms.
        Expect(After(9, 7, 8), "frame 1: 11-12");
        Expect(After(20, 9, 10), "frame 1: 13", "frame 1: 14");

        // A new link's path is one that nothing is known of.
        Expect(After(1, 11, 12), "frame 1: 15", "frame 1: 16");
        Expect(After(1, 13, 14), "frame 1: 17-18");
        machine.Handle(new SenderInput.LinkLost(), _now);
        machine.Handle(new SenderInput.LinkUp(), _now);
        machine.Handle(new SenderInput.StreamUp(2), _now);
        machine.Handle(new SenderInput.Received(TransferMessages.Wanted(Some.Transfer, 2)), _now);
        Expect(machine.Handle(new SenderInput.Received(TransferMessages.Missing(Some.Transfer, 0, [new(10, 6)])), _now), "page 2", "frame 2: 10", "frame 2: 11", "frame 2: 12", "frame 2: 13");

        IReadOnlyList<SenderEffect> After(int milliseconds, params long[] ordinals) =>
            machine.Handle(new SenderInput.Received(Acked(ordinals)), _now += TimeSpan.FromMilliseconds(milliseconds));
    }
}
