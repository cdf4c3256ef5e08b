using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Sending;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Transfer.Simulated;

/// <summary>A sender machine and its shell: storage that outlives a kill, and frames read from the tree.</summary>
internal sealed class SendingSide(VirtualTime time, Simulation simulation)
{
    private static readonly SenderSetup Setup = new(Some.Transfer, Some.Manifest, Some.Sender, Some.Receiver, Some.SenderKey, Some.Trust, Tree.Tuning);

    private readonly List<Signed> _pages = [];
    private readonly Dictionary<uint, string> _withdrawn = [];
    private readonly Dictionary<long, long> _underWay = [];
    private readonly long[] _mayTravel = [.. Enumerable.Repeat(1L, (int)Tree.Manifest.ChunkCount)];
    private SenderState _state;
    private string _reason = "";
    private FinalReceipt? _receipt;
    private long _streams;

    /// <summary>Null while the process is dead.</summary>
    internal SenderMachine? Machine { get; private set; } = new(Setup);

    internal Wire? Link { get; private set; }

    internal FinalReceipt? Receipt => _receipt;

    internal int SentAgain { get; private set; }

    internal int Damaged { get; private set; }

    /// <summary>How often something that was under way was lost.</summary>
    internal int Losses { get; private set; }

    internal void Start()
    {
        Machine = _pages.Count == 0 ? new SenderMachine(Setup) : SenderMachine.Restore(Setup, new SenderRecord(_pages, _withdrawn, _state, _reason, _receipt));
        Tell(new SenderInput.Started());
        BuildNext(Machine);
    }

    internal void Kill()
    {
        Machine = null;
        Lose(null);
        Link = null;
    }

    internal void LinkUp(Wire link)
    {
        Lose(null);
        Link = link;
        Tell(new SenderInput.LinkUp());
    }

    internal void LinkLost()
    {
        Lose(null);
        Link = null;
        Tell(new SenderInput.LinkLost());
    }

    internal void StreamDown(long stream)
    {
        Lose(stream);
        Tell(new SenderInput.StreamDown(stream));
    }

    internal void Hear(Control message)
    {
        Settle(message);
        Tell(new SenderInput.Received(message));
    }

    internal void Tell(SenderInput input)
    {
        foreach (var effect in Machine?.Handle(input, time.Now) ?? [])
            Do(Machine!, effect);
    }

    private void Do(SenderMachine machine, SenderEffect effect)
    {
        switch (effect)
        {
            case SenderEffect.SendControl send: Link!.Send(true, send.Message, simulation.Receiver.Hear); break;
            case SenderEffect.SendPage send: Link!.Send(true, TransferMessages.Offer(Some.Transfer, _pages[send.Page]), simulation.Receiver.Hear); break;
            case SenderEffect.SendFrame send: SendFrame(send); break;
            case SenderEffect.OpenStreams open: OpenStreams(open.Count); break;
            case SenderEffect.PersistWithdrawal withdrawal: Withdraw(withdrawal); break;
            case SenderEffect.StateChanged changed: (_state, _reason) = (changed.State, changed.Reason); break;
            case SenderEffect.PersistReceipt persist:
                Later(machine, 30, () =>
                {
                    _receipt = persist.Receipt.Blob;
                    Tell(new SenderInput.ReceiptStored());
                });
                break;
        }
    }

    private void SendFrame(SenderEffect.SendFrame send)
    {
        var head = new ChunkFrame();
        var bytes = new List<byte[]>();
        foreach (var ordinal in send.Ordinals)
        {
            var content = Tree.Content(ordinal);
            head.Chunks.Add(new ChunkSlice { Ordinal = (ulong)ordinal, Length = (uint)content.Length });
            if (simulation.IsRough && time.Happens(3))
            {
                content[time.Below(content.Length)] ^= 0x10;
                Damaged++;
                _mayTravel[ordinal]++;
            }
            bytes.Add(content);
            if (_underWay.ContainsKey(ordinal))
                Assert.Fail($"chunk {ordinal} is sent while it is under way");
            _underWay[ordinal] = send.Stream;
            SentAgain += _mayTravel[ordinal] > 1 ? 1 : 0;
            Assert.True(--_mayTravel[ordinal] >= 0, $"chunk {ordinal} travels again, and was not under way when something was cut");
        }
        Assert.InRange(_underWay.Count, 1, Tree.Windows);
        Link!.Send(send.Stream, new Frame(head, bytes), frame => simulation.Receiver.Arrive(send.Stream, frame));
    }

    private void OpenStreams(int count)
    {
        for (; count > 0; count--)
        {
            if (simulation.LosesMessages && time.Happens(10))
                continue;
            var (link, stream) = (Link!, ++_streams);
            time.At(link.AddStream(stream), () => simulation.Receiver.StreamUp(link, stream));
            time.Within(60, () =>
            {
                if (Link == link && link.Has(stream))
                    Tell(new SenderInput.StreamUp(stream));
            });
        }
    }

    private void Withdraw(SenderEffect.PersistWithdrawal withdrawal)
    {
        _withdrawn[withdrawal.EntryNumber] = withdrawal.Reason;
        foreach (var ordinal in _underWay.Keys.Where(o => Tree.Manifest.EntryOf(o).Number == withdrawal.EntryNumber).ToList())
            _underWay.Remove(ordinal);
    }

    // Each chunk may travel once, and once more for each cut that found it under way.
    private void Lose(long? stream)
    {
        var lost = _underWay.Where(u => stream is null || u.Value == stream).Select(u => u.Key).ToList();
        Losses += lost.Count > 0 ? 1 : 0;
        foreach (var ordinal in lost)
        {
            _underWay.Remove(ordinal);
            _mayTravel[ordinal]++;
        }
    }

    private void Settle(Control message)
    {
        var page = message.KindCase == Control.KindOneofCase.ChunksMissing ? Tree.Manifest.Pages[(int)message.ChunksMissing.PageIndex] : null;
        foreach (var ordinal in _underWay.Keys.ToList())
        {
            var isSettled = message.KindCase switch
            {
                Control.KindOneofCase.ChunksAcknowledged => IsIn(message.ChunksAcknowledged.Chunks),
                Control.KindOneofCase.ChunksMissing => ordinal >= page!.FirstOrdinal && ordinal < page.Chunks.End && !IsIn(message.ChunksMissing.Missing),
                Control.KindOneofCase.ChunkRefused => message.ChunkRefused.Ordinal == (ulong)ordinal,
                _ => false,
            };
            if (isSettled)
                _underWay.Remove(ordinal);

            bool IsIn(IEnumerable<OrdinalRange> ranges) => ranges.Any(r => (ulong)ordinal >= r.First && (ulong)ordinal < r.First + r.Count);
        }
    }

    // Hashing goes on while chunks travel, and begins where it was after a kill.
    private void BuildNext(SenderMachine machine)
    {
        if (_pages.Count == Tree.Pages.Count)
            return;
        Later(machine, 120, () =>
        {
            _pages.Add(Tree.Pages[_pages.Count]);
            Tell(new SenderInput.PageBuilt(_pages[^1]));
            BuildNext(machine);
        });
    }

    private void Later(SenderMachine machine, int milliseconds, Action action) => time.Within(milliseconds, () =>
    {
        if (Machine == machine)
            action();
    });
}
