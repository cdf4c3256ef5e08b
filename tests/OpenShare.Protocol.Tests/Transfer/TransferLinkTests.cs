using OpenShare.Protocol.Tests.Transfer.Simulated;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Transfer.Sending;
using Xunit.Sdk;
using Outcome = OpenShare.Protocol.Wire.EntryOutcome.Types.Outcome;

namespace OpenShare.Protocol.Tests.Transfer;

/// <summary>Both machines against each other, over a link that does its worst.</summary>
public sealed class TransferLinkTests
{
    private const int Seeds = 300;

    [Fact]
    public void Whatever_is_cut_lost_or_killed_the_transfer_ends_with_everything_written_and_a_verified_receipt()
    {
        var (faults, sentAgain, damaged, withdrawn) = (new HashSet<string>(), 0, 0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var simulation = Run(seed, isRough: true);
            faults.UnionWith(simulation.Faults);
            sentAgain += simulation.Sender.SentAgain;
            damaged += simulation.Sender.Damaged;
            withdrawn += simulation.Sender.Machine!.Withdrawn.Count;
            Assert.InRange(simulation.Sender.SentAgain - simulation.Sender.Damaged, 0, simulation.Sender.Losses * Tree.Windows);
        }
        // The seeds do what they are for: every fault, in every state that lasts.
        foreach (var fault in new[] { "cut", "stream cut", "sender killed", "receiver killed", "file changed" })
            Assert.All(new[] { SenderState.Offering, SenderState.Sending, SenderState.AwaitingReceipt }, state => Assert.Contains($"{fault} in {state}", faults));
        Assert.True(sentAgain > Seeds && damaged > Seeds && withdrawn > 2 * Seeds / 10, $"{sentAgain} sent again, {damaged} damaged, {withdrawn} withdrawn");
    }

    [Fact]
    public void Over_a_good_link_every_chunk_travels_once_and_is_acknowledged()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var progress = Run(seed, isRough: false).Sender.Machine!.Progress;
            Assert.Equal(progress.BytesTotal, progress.BytesDone + progress.BytesLeftOut);
        }
    }

    [Fact]
    public void A_transfer_that_a_person_is_asked_about_ends_as_well_whatever_is_cut_lost_or_killed()
    {
        var faults = new HashSet<string>();
        for (var seed = 0; seed < Seeds; seed++)
            faults.UnionWith(Run(seed, isRough: true, asks: true).Faults);
        foreach (var fault in new[] { "cut", "sender killed", "receiver killed" })
            Assert.Contains($"{fault} in {SenderState.Offering}", faults);
        for (var seed = 0; seed < 50; seed++)
            Run(seed, isRough: false, asks: true);
    }

    [Fact]
    public void A_sender_that_knows_of_no_questions_ends_as_well()
    {
        for (var seed = 0; seed < 50; seed++)
            Run(new Simulation(seed, isRough: false, asks: true) { HasOldSender = true }, seed);
    }

    private static Simulation Run(int seed, bool isRough, bool asks = false) =>
        Run(new Simulation(seed, isRough, asks), seed);

    private static Simulation Run(Simulation simulation, int seed)
    {
        try
        {
            simulation.Run();
            CheckEnd(simulation);
        }
        catch (Exception error)
        {
            throw new XunitException($"seed {seed}: {error.Message} (faults: {string.Join(", ", simulation.Faults)})", error);
        }
        return simulation;
    }

    private static void CheckEnd(Simulation simulation)
    {
        var (sender, receiver) = (simulation.Sender.Machine!, simulation.Receiver.Machine!);
        Assert.Equal((SenderState.Completed, ReceiverState.Completed), (sender.State, receiver.State));
        var verdict = ReceiptVerifier.Verify(simulation.Sender.Receipt!, Some.Trust, Tree.Manifest, sender.Withdrawn.ContainsKey);
        var receipt = Assert.IsType<ReceiptVerdict.Genuine>(verdict).Receipt;
        foreach (var entry in receipt.Outcomes.Where(o => o.Outcome == Outcome.Delivered).SelectMany(o => Tree.Manifest.Entries.Skip((int)o.EntryNo).Take((int)o.Count)))
            Assert.Equal(entry.ChunkCount, simulation.Receiver.Written.Ranges(entry.Chunks.First, entry.Chunks.End).Sum(r => r.Count));
        Assert.All(receipt.Outcomes.Where(o => o.Outcome == Outcome.Refused).Select(o => Tree.Manifest.Entries[(int)o.EntryNo]), e => Assert.True(simulation.IsRefused(e)));
        var shrunk = Tree.Manifest.Entries.Single(e => e.Abandoned).Number;
        Assert.Equal(Outcome.Withdrawn, receipt.Outcomes.Last(o => o.EntryNo <= shrunk).Outcome);
    }
}
