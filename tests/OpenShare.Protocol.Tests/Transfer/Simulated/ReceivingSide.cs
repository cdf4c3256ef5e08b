using System.Security.Cryptography;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Simulated;

/// <summary>A receiver machine and its shell. It takes no word of its machine that its own storage does not bear out.</summary>
internal sealed class ReceivingSide(VirtualTime time, Simulation simulation)
{
    private static readonly ReceiverSetup Setup = new(
        Some.Transfer, Some.Sender, Some.SenderKey.PublicKey, Some.ReceiverKey, Some.ReceiverCertificate, Tree.Tuning);

    private readonly List<Signed> _pages = [];
    private readonly Dictionary<uint, string> _withdrawn = [];
    private readonly List<EntryNote.Refused> _refused = [];
    private readonly Dictionary<long, Queue<Frame>> _inboxes = [];
    private ReceiverState _state;
    private string _reason = "";
    private FinalReceipt? _receipt;
    private DateTimeOffset _pageStoredAt;
    private bool _isPlaced;

    internal ReceiverMachine? Machine { get; private set; } = new(Setup);

    internal Wire? Link { get; private set; }

    /// <summary>Chunks that are written: all of them were verified.</summary>
    internal ChunkMap Written { get; } = new();

    internal void Start()
    {
        Machine = _pages.Count == 0
            ? new ReceiverMachine(Setup)
            : ReceiverMachine.Restore(Setup, new ReceiverRecord(_pages, Written.Copy(), _withdrawn, _refused, _state, _reason, _receipt));
        Tell(new ReceiverInput.Started());
    }

    internal void Kill()
    {
        Machine = null;
        Link = null;
        _inboxes.Clear();
    }

    internal void LinkUp(Wire link)
    {
        _inboxes.Clear();
        Link = link;
        Tell(new ReceiverInput.LinkUp());
    }

    internal void LinkLost()
    {
        _inboxes.Clear();
        Link = null;
        Tell(new ReceiverInput.LinkLost());
    }

    internal void StreamUp(Wire link, long stream)
    {
        if (Link != link || !link.Has(stream))
            return;
        _inboxes[stream] = new Queue<Frame>();
        Tell(new ReceiverInput.StreamUp(stream));
    }

    internal void StreamDown(long stream)
    {
        _inboxes.Remove(stream);
        Tell(new ReceiverInput.StreamDown(stream));
    }

    internal void Hear(Control message) => Tell(new ReceiverInput.Received(message));

    internal void Arrive(long stream, Frame frame)
    {
        if (!_inboxes.TryGetValue(stream, out var inbox))
            return;
        inbox.Enqueue(frame);
        if (inbox.Count == 1)
            Tell(new ReceiverInput.FrameArrived(stream, frame.Head));
    }

    internal void Tell(ReceiverInput input)
    {
        foreach (var effect in Machine?.Handle(input, time.Now) ?? [])
            Do(Machine!, effect);
    }

    private void Do(ReceiverMachine machine, ReceiverEffect effect)
    {
        switch (effect)
        {
            case ReceiverEffect.SendControl send:
                Check(machine, send.Message);
                if (!simulation.HasOldSender || send.Message.TransferAnswer?.Answer != TransferAnswer.Types.Answer.Asked)
                    Link!.Send(false, send.Message, simulation.Sender.Hear);
                break;
            case ReceiverEffect.Decide: Decide(machine); break;
            case ReceiverEffect.CloseStreams: CloseStreams(); break;
            case ReceiverEffect.PersistPage persist: Persist(machine, persist); break;
            case ReceiverEffect.ReceiveFrame receive: Receive(machine, receive); break;
            case ReceiverEffect.PersistWithdrawal withdrawal: _withdrawn[withdrawal.EntryNumber] = withdrawal.Reason; break;
            case ReceiverEffect.SettleEntries: Later(machine, time.Soon(50), () => Tell(new ReceiverInput.EntriesSettled())); break;
            case ReceiverEffect.PlaceEntries place: Place(machine, place.LeftOut); break;
            case ReceiverEffect.StateChanged changed: (_state, _reason) = (changed.State, changed.Reason); break;
            case ReceiverEffect.Discard: Assert.Fail($"the receiver gave up: {machine.Reason}"); break;
            case ReceiverEffect.PersistReceipt persist:
                Assert.True(_isPlaced, "signed for before it was placed");
                Later(machine, time.Soon(30), () =>
                {
                    _receipt = persist.Receipt;
                    Tell(new ReceiverInput.ReceiptStored());
                });
                break;
        }
    }

    private void Decide(ReceiverMachine machine)
    {
        if (simulation.Asks)
            Later(machine, time.Soon(30), () => Tell(new ReceiverInput.PersonAsked()));
        Later(machine, time.Soon(simulation.Asks ? 3000 : 200), () => Tell(new ReceiverInput.Decided(null)));
    }

    // The sender hears of it in its own time, on each stream.
    private void CloseStreams()
    {
        foreach (var stream in _inboxes.Keys.Order().ToList())
        {
            var link = Link!;
            link.CutStream(stream);
            time.Within(100, () => { if (simulation.Sender.Link == link) simulation.Sender.StreamDown(stream); });
        }
        _inboxes.Clear();
    }

    private void Persist(ReceiverMachine machine, ReceiverEffect.PersistPage persist)
    {
        var soon = time.Soon(60);
        _pageStoredAt = soon > _pageStoredAt ? soon : _pageStoredAt;
        Later(machine, _pageStoredAt, () =>
        {
            _pages.Add(persist.Blob);
            var refused = persist.Page.Parts.Where(p => !p.Continued && simulation.IsRefused(p.Entry)).Select(p => new EntryNote.Refused(p.Entry.Number, "no")).ToList();
            _refused.AddRange(refused);
            Tell(new ReceiverInput.PageStored(persist.Page.Index, [.. Written.Ranges(persist.Page.FirstOrdinal, persist.Page.Chunks.End)], refused));
        });
    }

    private void Receive(ReceiverMachine machine, ReceiverEffect.ReceiveFrame receive)
    {
        var inbox = _inboxes[receive.Stream];
        var frame = inbox.Peek();
        Later(machine, time.Soon(40), () =>
        {
            var isWhole = _inboxes.GetValueOrDefault(receive.Stream) == inbox;
            // What came before a cut is written, whatever it was; the rest never came.
            var came = isWhole ? receive.Chunks.Count : time.Below(receive.Chunks.Count + 1);
            var verified = new List<long>();
            var mismatched = new List<long>();
            for (var i = 0; i < came; i++)
            {
                var (at, keep) = receive.Chunks[i];
                if (keep)
                    (SHA256.HashData(frame.Bytes[i]).AsSpan().SequenceEqual(at.Sha256.Span) ? verified : mismatched).Add(at.Ordinal);
            }
            verified.ForEach(o => Written.Add(o));
            if (verified.Count > 0)
                Tell(new ReceiverInput.ChunksWritten(verified));
            mismatched.ForEach(o => Tell(new ReceiverInput.ChunkMismatched(o)));
            if (!isWhole)
                return;
            inbox.Dequeue();
            if (inbox.TryPeek(out var next))
                Tell(new ReceiverInput.FrameArrived(receive.Stream, next.Head));
        });
    }

    private void Place(ReceiverMachine machine, IReadOnlySet<uint> leftOut)
    {
        Assert.True(machine.Manifest!.IsComplete);
        Assert.All(machine.Manifest.Entries.Where(e => !leftOut.Contains(e.Number)), e => Assert.Equal(e.ChunkCount, Written.Ranges(e.Chunks.First, e.Chunks.End).Sum(r => r.Count)));
        Later(machine, time.Soon(200), () =>
        {
            _isPlaced = true;
            Tell(new ReceiverInput.EntriesPlaced([]));
        });
    }

    // What it tells the sender that it has, it has, or does not want any more.
    private void Check(ReceiverMachine machine, Control message)
    {
        if (message.KindCase == Control.KindOneofCase.ChunksAcknowledged)
        {
            foreach (var range in message.ChunksAcknowledged.Chunks)
                CheckHas((long)range.First, (long)(range.First + range.Count));
        }
        else if (message.KindCase == Control.KindOneofCase.ChunksMissing)
        {
            var page = machine.Manifest!.Pages[(int)message.ChunksMissing.PageIndex];
            var next = page.FirstOrdinal;
            foreach (var range in message.ChunksMissing.Missing)
            {
                CheckHas(next, (long)range.First);
                next = (long)(range.First + range.Count);
            }
            CheckHas(next, page.Chunks.End);
        }

        void CheckHas(long from, long end)
        {
            for (var ordinal = from; ordinal < end; ordinal++)
            {
                var entry = machine.Manifest!.EntryOf(ordinal);
                Assert.True(Written.Contains(ordinal) || machine.Withdrawn.ContainsKey(entry.Number) || simulation.IsRefused(entry), $"chunk {ordinal} is acknowledged, and not written");
            }
        }
    }

    private void Later(ReceiverMachine machine, DateTimeOffset at, Action action) => time.At(at, () =>
    {
        if (Machine == machine)
            action();
    });
}
