using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using static OpenShare.Protocol.Transfer.Deadlines;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>
/// The sending side of one transfer, from the first page to the verified receipt. It holds hashes and bits, never
/// bytes of files. It says Completed only with a receipt that verifies and is kept.
/// </summary>
public sealed partial class SenderMachine
{
    private readonly SenderSetup _setup;
    private readonly ManifestReader _reader;
    private readonly SortedDictionary<uint, EntryChange> _withdrawn = [];
    private readonly Dictionary<long, int> _refusals = [];
    private readonly HashSet<int> _awaited = [];
    private readonly SendWindow _window;
    private readonly SendLedger _ledger;
    private List<SenderEffect> _effects = [];
    private DateTimeOffset _now;
    private DateTimeOffset _heardAt;
    private DateTimeOffset? _reopenAt;
    private bool _linkUp;
    private bool _offered;
    private bool _awaitingResume;
    private bool _owesLastWord;
    private int _nextPage;
    private int _answered;
    private Receipt? _receipt;

    public SenderMachine(SenderSetup setup)
    {
        _setup = setup;
        _reader = ManifestReader.OfOwn(setup.Signer.PublicKey, setup.Sender, setup.Receiver);
        _turns = setup.Turns;
        _window = new SendWindow(setup.Tuning.Window, _turns);
        _ledger = new SendLedger(_window, _withdrawn);
        _rate = new RateLimit(setup.BytesPerSecond);
    }

    public SenderState State { get; private set; }

    /// <summary>In an end state that is not Completed: why, for a person.</summary>
    public string Reason { get; private set; } = "";

    public bool IsOver => State >= SenderState.Completed;

    /// <summary>The receiver may know of it.</summary>
    public bool IsOffered => _offered;

    /// <summary>Over, nothing left to tell the receiver, and no receipt that is being kept.</summary>
    public bool IsSettled => IsOver && !_owesLastWord && (_receipt is null || State == SenderState.Completed);

    /// <summary>Null before the first page.</summary>
    public Manifest? Manifest => _reader.Manifest;

    /// <summary>Reasons by entry number.</summary>
    public IReadOnlyDictionary<uint, string> Withdrawn => _withdrawn.ToDictionary(w => w.Key, w => w.Value.Reason);

    /// <summary>Only when Completed.</summary>
    public Receipt? Receipt => State == SenderState.Completed ? _receipt : null;

    public TransferProgress Progress => _ledger.Progress(Manifest);

    public DateTimeOffset? NextTimeout => !_linkUp || IsOver ? null : Earlier(Earlier(Earlier(IsWaiting ? _heardAt + _setup.Tuning.Quiet : null, _reopenAt), Earlier(_goOnAt, RetiredDue)), SilentDue);

    private bool IsWaiting => StalledThere is null && (State == SenderState.AwaitingReceipt || (!IsPaused && IsWaitingForChunks));

    private bool IsWaitingForChunks => _awaitingResume || _nextPage > _answered || Manifest is not null && !_ledger.HasAll(Manifest);

    /// <exception cref="ProtocolException">what was kept does not hold together</exception>
    public static SenderMachine Restore(SenderSetup setup, SenderRecord record)
    {
        var machine = new SenderMachine(setup) { State = record.State, Reason = record.Reason };
        foreach (var page in record.Pages)
        {
            if (machine._reader.Read(page) is not PageReading.Accepted { Page: var read })
                throw new ProtocolException("The stored file list of this transfer is damaged. Send the files again.");
            if (machine._ledger.Add(machine.Manifest!, read))
                machine._awaited.Add(read.Index);
        }
        foreach (var (entry, reason) in record.Withdrawn.Where(w => w.Key < (machine.Manifest?.Entries.Count ?? 0)))
            machine.Withdraw(EntryChange.Sign(setup.Signer, setup.Manifest, entry, reason));
        machine._offered = machine.Manifest is not null;
        machine._receipt = record.Receipt is null ? null : Receipt.Read(record.Receipt);
        machine._owesLastWord = machine.State is SenderState.Cancelled or SenderState.Failed;
        return machine;
    }

    public IReadOnlyList<SenderEffect> Handle(SenderInput input, DateTimeOffset now)
    {
        _effects = [];
        _now = now;
        var wasWaiting = IsWaiting;
        if (IsHeldUp)
            _window.Excuse(now);
        switch (input)
        {
            case SenderInput.Started: OnStarted(); break;
            case SenderInput.PageBuilt built: OnPageBuilt(built); break;
            case SenderInput.LinkUp: OnLinkUp(); break;
            case SenderInput.LinkLost: OnLinkLost(); break;
            case SenderInput.StreamUp up: OnStreamUp(up.Stream, up.Carrier); break;
            case SenderInput.CarrierChosen chosen: OnCarrierChosen(chosen.Carrier); break;
            case SenderInput.StreamDown down: OnStreamDown(down.Stream); break;
            case SenderInput.Received received: OnReceived(received.Message); break;
            case SenderInput.EntryChanged changed: OnEntryChanged(changed.EntryNumber, changed.Reason); break;
            case SenderInput.PauseOrdered order: OnPauseOrdered(order.IsPaused); break;
            case SenderInput.Cancelled cancelled: End(SenderState.Cancelled, cancelled.Reason, tellReceiver: true); break;
            case SenderInput.LinkRefused refused: OnLinkRefused(refused.Reason); break;
            case SenderInput.ReceiptStored: OnReceiptStored(); break;
            case SenderInput.TimedOut: OnTimedOut(); break;
        }
        Advance();
        if (!wasWaiting)
            _heardAt = now;
        return _effects;
    }

    private void OnStarted()
    {
        _heardAt = _now;
        if (_receipt is not null && State != SenderState.Completed)
            OnReceiptStored();
        foreach (var entry in (Manifest?.Entries ?? []).Where(e => e.Abandoned).ToList())
            OnEntryChanged(entry.Number, "it changed while it was being read");
    }

    private void OnPageBuilt(SenderInput.PageBuilt built)
    {
        if (IsOver)
            return;
        if (_reader.Read(built.Page) is not PageReading.Accepted { Page: var page })
        {
            Fail("the file list that was built here does not hold together");
            return;
        }
        if (_ledger.Add(Manifest!, page) | built.MayBeThere)
            _awaited.Add(page.Index);
        foreach (var part in page.Parts.Where(p => p.Entry.Abandoned))
            OnEntryChanged(part.Entry.Number, "it changed while it was being read");
    }

    private void OnLinkUp()
    {
        if (_linkUp)
            OnLinkLost();
        _linkUp = true;
        _heardAt = _now;
        _answered = 0;
        if (IsOver)
        {
            SayLastWord();
            return;
        }
        // A transfer the receiver may know of goes on with its answer; a new one waits for nothing.
        _awaitingResume = _offered;
        if (_offered)
            Send(TransferMessages.Resumed(_setup.Transfer, _setup.Manifest));
        if (IsPausedHere)
            SayPaused();
        AskForStreams();
    }

    private void OnLinkLost()
    {
        _linkUp = _awaitingResume = IsPausedThere = IsAsked = false;
        StalledThere = null;
        _goOnAt = null;
        _reopenAt = null;
        _window.Clear();
        _carriers.Clear();
        _ledger.ForgetPending();
    }

    private void OnEntryChanged(uint number, string reason)
    {
        if (IsOver || Manifest is null || number >= Manifest.Entries.Count || _withdrawn.ContainsKey(number))
            return;
        var change = EntryChange.Sign(_setup.Signer, _setup.Manifest, number, reason);
        Emit(new SenderEffect.PersistWithdrawal(number, change.Reason));
        Withdraw(change);
        if (_linkUp && !_awaitingResume && Manifest.Entries[(int)number].Page < _nextPage)
            Send(TransferMessages.Changed(_setup.Transfer, change));
    }

    private void Withdraw(EntryChange change)
    {
        _withdrawn.Add(change.EntryNumber, change);
        _ledger.Withdraw(Manifest!, Manifest!.Entries[(int)change.EntryNumber]);
    }

    private void OnReceiptStored()
    {
        if (_receipt is null || State == SenderState.Completed)
            return;
        Reason = "";
        SetState(SenderState.Completed);
        _window.Clear();
        _turns.Leave();
        if (_linkUp)
            Send(TransferMessages.Confirmed(_setup.Transfer));
    }

    private void OnTimedOut()
    {
        if (NextTimeout is not { } due || _now < due)
            return;
        if (_reopenAt <= _now)
            AskForStreams();
        if (SilentDue <= _now)
            GiveUp(_window.Busy);
        // Asking where the receiver is answers whatever may have been lost: a page, a missing list, a receipt.
        if (IsWaiting && _heardAt + _setup.Tuning.Quiet <= _now)
        {
            _heardAt = _now;
            Send(TransferMessages.Resumed(_setup.Transfer, _setup.Manifest));
        }
    }

    private void Advance()
    {
        if (!_linkUp || IsOver || Manifest is null || _receipt is not null)
        {
            _goOnAt = null;
            _turns.GiveUp();
            return;
        }
        while (!IsPaused && !_awaitingResume && _nextPage < Manifest.Pages.Count && _nextPage - _answered < _setup.Tuning.PageWindow)
            OfferPage(Manifest.Pages[_nextPage++]);
        Retire();
        LaunchFrames(Manifest);
        var hasAll = Manifest.IsComplete && _answered == Manifest.Pages.Count && _ledger.HasAll(Manifest);
        if (State == SenderState.Sending && hasAll)
            SetState(SenderState.AwaitingReceipt);
        else if (State == SenderState.AwaitingReceipt && !hasAll)
            SetState(SenderState.Sending);
    }

    private void OfferPage(ManifestPage page)
    {
        _offered = true;
        Emit(new SenderEffect.SendPage(page.Index));
        foreach (var change in _withdrawn.Values.Where(c => Manifest!.Entries[(int)c.EntryNumber].Page == page.Index))
            Send(TransferMessages.Changed(_setup.Transfer, change));
        if (!_setup.AwaitsLists && !_awaited.Contains(page.Index))
            _ledger.Offer(Manifest!, page);
    }

    private void Fail(string reason) => End(SenderState.Failed, reason, tellReceiver: true);

    private void End(SenderState state, string reason, bool tellReceiver)
    {
        // A receipt that is being kept is the end already: the files are there.
        if (IsOver || _receipt is not null)
            return;
        Reason = Printable.Shorten(reason);
        _window.Clear();
        _turns.Leave();
        _owesLastWord = tellReceiver && _offered;
        SetState(state);
        if (_owesLastWord && _linkUp)
            SayLastWord();
    }

    // A word that is owed keeps a session and a wish for a link: owed for ever, of each transfer that was refused.
    private void OnLinkRefused(string reason)
    {
        End(SenderState.Cancelled, reason, tellReceiver: false);
        _owesLastWord = false;
    }

    private void SayLastWord()
    {
        if (State == SenderState.Completed)
            return;
        _owesLastWord = false;
        Send(TransferMessages.Cancelled(_setup.Transfer, Reason));
    }

    private void SetState(SenderState state)
    {
        State = state;
        Emit(new SenderEffect.StateChanged(state, Reason));
    }

    private void Send(Control message) => Emit(new SenderEffect.SendControl(message));

    private void Emit(SenderEffect effect) => _effects.Add(effect);
}
