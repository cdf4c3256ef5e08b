using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receiving;
using OpenShare.Protocol.Transfer.Sending;

namespace OpenShare.Protocol.Tests.Transfer.Simulated;

/// <summary>
/// A whole transfer between two machines in virtual time. In a rough one links and streams are cut, processes
/// killed and started again, messages lost, chunks damaged and files changed, all at times that follow from the seed.
/// </summary>
internal sealed class Simulation
{
    private readonly VirtualTime _time;
    private readonly int _refused;
    private readonly int _loss;
    private Wire? _link;

    /// <param name="asks">a person at the receiver is asked, and takes up to three seconds</param>
    internal Simulation(int seed, bool isRough, bool asks = false)
    {
        _time = new VirtualTime(seed);
        IsRough = isRough;
        Asks = asks;
        _refused = isRough && _time.Happens(20) ? _time.Below(Tree.Manifest.Entries.Count) : -1;
        _loss = isRough && _time.Happens(30) ? 1 + _time.Below(10) : 0;
        Sender = new SendingSide(_time, this);
        Receiver = new ReceivingSide(_time, this);
    }

    internal bool IsRough { get; }

    internal bool Asks { get; }

    /// <summary>A sender made before there were questions: it goes by every other answer.</summary>
    internal bool HasOldSender { get; init; }

    /// <summary>True where single messages are lost and streams do not come, beside all else.</summary>
    internal bool LosesMessages => _loss > 0;

    internal SendingSide Sender { get; }

    internal ReceivingSide Receiver { get; }

    /// <summary>What was done to it, each with the state the transfer was in.</summary>
    internal List<string> Faults { get; } = [];

    internal bool IsRefused(TransferEntry entry) => entry.Number == _refused;

    /// <summary>Runs until both machines have ended.</summary>
    internal void Run()
    {
        // Where nothing but cuts and kills is in the way, no end ever has to wait until silence makes it ask again.
        var patience = LosesMessages ? TimeSpan.FromMinutes(10) : Tree.Tuning.Quiet;
        Sender.Start();
        Receiver.Start();
        Connect();
        for (var faults = IsRough ? 1 + _time.Below(6) : 0; faults > 0; faults--)
            _time.Within(2500, Fault);
        while (Sender.Machine is not { IsSettled: true } || Receiver.Machine is not { IsSettled: true })
        {
            var next = new[] { _time.Next, Sender.Machine?.NextTimeout, Receiver.Machine?.NextTimeout }.Min();
            Assert.True(next <= Some.Now + patience, $"not at its end at {_time.Now - Some.Now} ({Sender.Machine?.State}, {Receiver.Machine?.State})");
            _time.Advance(next > _time.Now ? next.Value : _time.Now);
            if (Sender.Machine?.NextTimeout <= _time.Now)
                Sender.Tell(new SenderInput.TimedOut());
            if (Receiver.Machine?.NextTimeout <= _time.Now)
                Receiver.Tell(new ReceiverInput.TimedOut());
        }
    }

    private void Fault()
    {
        var kind = _time.Below(5);
        Faults.Add($"{kind switch { 0 => "cut", 1 => "stream cut", 2 => "sender killed", 3 => "receiver killed", _ => "file changed" }} in {Sender.Machine?.State}");
        if (kind == 4)
            Sender.Tell(new SenderInput.EntryChanged((uint)_time.Below(Tree.Manifest.Entries.Count), "it changed"));
        else if (kind == 1)
            CutStream();
        else
            CutLink();
        if (kind == 2)
        {
            Sender.Kill();
            _time.Within(800, () => { if (Sender.Machine is null) Sender.Start(); });
        }
        if (kind == 3)
        {
            Receiver.Kill();
            _time.Within(800, () => { if (Receiver.Machine is null) Receiver.Start(); });
        }
    }

    private void Connect()
    {
        if (_link is { IsCut: false })
            return;
        if (Sender.Machine is null || Receiver.Machine is null)
        {
            _time.Within(200, Connect);
            return;
        }
        var link = _link = new Wire(_time, _loss);
        var (here, there) = (_time.Soon(50), _time.Soon(50));
        link.Up(here, there);
        _time.At(here, () => { if (!link.IsCut) Sender.LinkUp(link); });
        _time.At(there, () => { if (!link.IsCut) Receiver.LinkUp(link); });
    }

    // Each end notices in its own time, or only by the next link.
    private void CutLink()
    {
        if (_link is not { IsCut: false } link)
            return;
        link.Cut();
        _time.Within(300, () => { if (Sender.Link == link) Sender.LinkLost(); });
        _time.Within(300, () => { if (Receiver.Link == link) Receiver.LinkLost(); });
        _time.Within(600, Connect);
    }

    private void CutStream()
    {
        if (_link is not { IsCut: false } link || link.AnyStream() is not { } stream)
            return;
        link.CutStream(stream);
        _time.Within(100, () => { if (Sender.Link == link) Sender.StreamDown(stream); });
        _time.Within(100, () => { if (Receiver.Link == link) Receiver.StreamDown(stream); });
    }
}
