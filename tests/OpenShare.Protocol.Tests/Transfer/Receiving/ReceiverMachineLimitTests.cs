using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Receiving;

/// <summary>What may be sent in one transfer: the first page tells of a file of 40,000 bytes, the last one of 1,000 more.</summary>
public sealed class ReceiverMachineLimitTests : ReceiverMachineSpecs
{
    private const int All = 41_000;

    [Fact]
    public void An_offer_that_claims_more_is_declined_at_its_first_page_and_nothing_of_it_is_kept()
    {
        var machine = Limited(39_999);

        Expect(Offer(machine, Pages[0]), "=Declined", "discard", "-> Declined");
        Assert.Equal("too much", machine.Reason);
    }

    [Fact]
    public void One_that_grows_larger_is_declined_by_the_page_that_tells_of_it_though_it_was_accepted()
    {
        var machine = Limited(All - 1);
        OfferAll(machine, Pages[..^1]);
        Assert.Equal(ReceiverState.Receiving, machine.State);

        Expect(Offer(machine, Pages[^1]), "=Declined", "discard", "-> Declined");
    }

    [Fact]
    public void As_much_as_is_allowed_is_taken()
    {
        var machine = Limited(All);
        OfferAll(machine, Pages);

        Assert.Equal((ReceiverState.Receiving, All), (machine.State, machine.Manifest!.Bytes));
    }

    [Fact]
    public void A_size_that_is_less_than_the_files_chunks_gets_nothing_past_the_limit()
    {
        var machine = Limited(16_000);

        Offer(machine, Some.Forge(Pages[0], payload => payload.Entries[1].Size = 15_000));

        Assert.Equal((ReceiverState.Failed, null), (machine.State, machine.Manifest));
        Assert.Contains("more than its size", machine.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_size_that_can_be_claimed_does_not_come_out_small()
    {
        var machine = Limited(All);

        Expect(
            Offer(machine, Some.Forge(Pages[0], payload =>
            {
                payload.Entries[1].Size = long.MaxValue;
                payload.Entries[1].Chunks.Clear();
            })),
            "=Declined", "discard", "-> Declined");
    }

    [Theory]
    [InlineData(All, false)]
    [InlineData(All - 1, false)]
    [InlineData(39_999, true)]
    public void What_was_offered_before_a_restart_counts_after_it(int most, bool isTooMuchAtOnce)
    {
        var machine = ReceiverMachine.Restore(
            Setup with { Limit = new OfferLimit(most, "too much") },
            new ReceiverRecord(Pages[..^1], new ChunkMap(), new Dictionary<uint, string>(), [], ReceiverState.Receiving, "", Receipt: null));
        machine.Handle(new ReceiverInput.Started(), Now);
        Assert.Equal(isTooMuchAtOnce, machine.State == ReceiverState.Declined);

        machine.Handle(new ReceiverInput.LinkUp(), Now);
        Offer(machine, Pages[^1]);

        Assert.Equal(most < All, machine.State == ReceiverState.Declined);
    }

    private ReceiverMachine Limited(long most)
    {
        var machine = new ReceiverMachine(Setup with { Limit = new OfferLimit(most, "too much") });
        machine.Handle(new ReceiverInput.Started(), Now);
        machine.Handle(new ReceiverInput.LinkUp(), Now);
        return machine;
    }

    private void OfferAll(ReceiverMachine machine, IReadOnlyList<Signed> pages)
    {
        for (var i = 0; i < pages.Count; i++)
        {
            Offer(machine, pages[i]);
            machine.Handle(new ReceiverInput.Decided(null), Now);
            machine.Handle(new ReceiverInput.PageStored(i, [], []), Now);
        }
    }

    private IReadOnlyList<ReceiverEffect> Offer(ReceiverMachine machine, Signed page) =>
        machine.Handle(new ReceiverInput.Received(TransferMessages.Offer(Some.Transfer, page)), Now);
}
