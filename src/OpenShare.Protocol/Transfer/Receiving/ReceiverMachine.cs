using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer.Chunks;
using OpenShare.Protocol.Transfer.Manifests;
using OpenShare.Protocol.Transfer.Receipts;
using OpenShare.Protocol.Wire;
using Answer = OpenShare.Protocol.Wire.TransferAnswer.Types.Answer;
using static OpenShare.Protocol.Transfer.Deadlines;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>
/// The receiving side of one transfer, from the first page to the confirmed receipt. It acknowledges a chunk only
/// when told that it is verified and written, and signs for entries only when told that they are in their place.
/// </summary>
public sealed partial class ReceiverMachine
{
    private readonly ReceiverSetup _setup;
    private readonly ManifestReader _reader;
    private readonly ReceiveLedger _ledger = new();
    private readonly FrameGate _gate = new();
    private readonly SortedDictionary<uint, string> _withdrawn = [];
    private readonly Dictionary<uint, EntryNote.NotStored> _refused = [];
    private readonly Dictionary<long, int> _mismatches = [];
    private List<ReceiverEffect> _effects = [];
    private DateTimeOffset _now;
    private DateTimeOffset _deliveredAt;
    private bool _linkUp;
    private bool _owesLastWord;
    private string? _refusal;
    private DateTimeOffset? _silentSince;
    private int? _askedForPage;
    private long _travelled;
    private long _chunksTravelled;
    private FinalReceipt? _receipt;

    public ReceiverMachine(ReceiverSetup setup)
    {
        _setup = setup;
        _reader = new ManifestReader(setup.SenderKey, setup.Sender, setup.Certificate.DeviceId);
    }

    public ReceiverState State { get; private set; }

    /// <summary>In an end state that is not Completed: why, for a person.</summary>
    public string Reason { get; private set; } = "";

    public bool IsOver => State >= ReceiverState.Completed;

    /// <summary>Over, and nothing left to tell the sender.</summary>
    public bool IsSettled => IsOver && !_owesLastWord;

    /// <summary>By a person here: the sender is asked to wait.</summary>
    public bool IsPausedHere { get; private set; }

    /// <summary>By a person there, as far as the link that is up has told.</summary>
    public bool IsPausedThere { get; private set; }

    /// <summary>Null before the first page.</summary>
    public Manifest? Manifest => _reader.Manifest;

    /// <summary>Chunks that are verified and written: what is to be kept for a restart.</summary>
    public ChunkMap Held => _ledger.Held;

    /// <summary>Reasons by entry number.</summary>
    public IReadOnlyDictionary<uint, string> Withdrawn => _withdrawn;

    public FinalReceipt? Receipt => State is ReceiverState.Delivering or ReceiverState.Completed ? _receipt : null;

    public TransferProgress Progress => _ledger.Progress(Manifest, _travelled, _chunksTravelled);

    public DateTimeOffset? NextTimeout => _linkUp && State == ReceiverState.Delivering ? _deliveredAt + _setup.Tuning.Quiet : Earlier(_diskRetryAt, SilenceDue);

    // A sender says at once on each link that it goes on. One whose last word was lost with the link before says no more, but answers.
    private DateTimeOffset? SilenceDue => State < ReceiverState.Settling ? _silentSince + _setup.Tuning.Quiet : null;

    private bool IsAccepted => State is >= ReceiverState.Receiving and <= ReceiverState.Completed;

    public IReadOnlyList<ReceiverEffect> Handle(ReceiverInput input, DateTimeOffset now)
    {
        _effects = [];
        _now = now;
        switch (input)
        {
            case ReceiverInput.Started: OnStarted(); break;
            case ReceiverInput.LinkUp up: OnLinkUp(up.SpeaksFirst); break;
            case ReceiverInput.LinkLost: OnLinkLost(); break;
            case ReceiverInput.LinkRefused refused: OnLinkRefused(refused.Reason); break;
            case ReceiverInput.StreamUp up: OnStreamUp(up.Stream); break;
            case ReceiverInput.StreamDown down: _gate.Remove(down.Stream); break;
            case ReceiverInput.Received received: OnReceived(received.Message); break;
            case ReceiverInput.PauseOrdered order: OnPauseOrdered(order.IsPaused); break;
            case ReceiverInput.PersonAsked: OnPersonAsked(); break;
            case ReceiverInput.Decided decided: OnDecided(decided.Refusal); break;
            case ReceiverInput.PageStored stored: OnPageStored(stored); break;
            case ReceiverInput.FrameArrived arrived: OnFrame(arrived.Stream, arrived.Head); break;
            case ReceiverInput.ChunksWritten written: OnWritten(written.Ordinals, written.Copied); break;
            case ReceiverInput.ChunkMismatched mismatched: OnMismatched(mismatched.Ordinal); break;
            case ReceiverInput.ChunksLost lost: OnLost(lost.Ordinals); break;
            case ReceiverInput.EntriesSettled: OnSettled(); break;
            case ReceiverInput.EntriesPlaced placed: OnPlaced(placed.Notes); break;
            case ReceiverInput.ReceiptStored: OnReceiptStored(); break;
            case ReceiverInput.DiskFull full: OnDiskFull(full.Reason); break;
            case ReceiverInput.DiskFreed: OnDiskFreed(isSure: false); break;
            case ReceiverInput.Failed failed: Fail(failed.Reason); break;
            case ReceiverInput.Cancelled cancelled: OnCancelledHere(cancelled.Reason); break;
            case ReceiverInput.TimedOut: OnTimedOut(); break;
        }
        return _effects;
    }

    private void OnLinkUp(bool speaksFirst)
    {
        if (_linkUp)
            OnLinkLost();
        _linkUp = true;
        _refusal = null;
        _silentSince = _now;
        if (_owesLastWord)
            SayLastWord();
        else if (State == ReceiverState.Delivering)
            Deliver();
        else if (speaksFirst && State < ReceiverState.Settling)
            SayWhatIsMissing();
    }

    private void OnLinkLost()
    {
        _linkUp = IsPausedThere = false;
        _silentSince = null;
        _askedForPage = null;
        _gate.Clear();
    }

    private void OnStreamUp(long stream)
    {
        if (!_linkUp || IsOver)
            return;
        if (IsAsked)
            Emit(new ReceiverEffect.CloseStreams());
        else
            _gate.Add(stream);
    }

    private void OnPauseOrdered(bool isPaused)
    {
        if (IsOver || isPaused == IsPausedHere)
            return;
        IsPausedHere = isPaused;
        Send(TransferMessages.Paused(_setup.Transfer, isPaused));
    }

    private void OnPageStored(ReceiverInput.PageStored stored)
    {
        if (IsOver || stored.Page >= _reader.NextPage)
            return;
        var page = Manifest!.Pages[stored.Page];
        foreach (var refused in stored.Refused.Where(r => r.EntryNumber < Manifest.Entries.Count))
            Refuse(refused);
        if (!_ledger.Store(page, stored.Held, areReused: true))
            return;
        _repeated.Add(Manifest, page);
        OnDiskFreed(isSure: false);
        if (IsAccepted)
            SendMissing(page);
        AdmitWaiting();
        SettleWhenWhole();
    }

    private void OnSettled()
    {
        if (State != ReceiverState.Settling)
            return;
        OnDiskFreed(isSure: true);
        if (!ReceiptSigner.Fits(Manifest!, _withdrawn, _refused.Values))
        {
            Fail(ReceiptSigner.TooLarge);
            return;
        }
        SetState(ReceiverState.Placing);
        Emit(new ReceiverEffect.PlaceEntries(_ledger.LeftOut));
    }

    private void OnPlaced(IReadOnlyList<EntryNote> notes)
    {
        if (State != ReceiverState.Placing || _receipt is not null)
            return;
        OnDiskFreed(isSure: true);
        var all = _refused.ToDictionary(r => r.Key, EntryNote (r) => r.Value);
        foreach (var note in notes)
            all[note.EntryNumber] = note;
        try
        {
            _receipt = ReceiptSigner.Sign(_setup.Signer, _setup.Certificate, Manifest!, _withdrawn, all.Values, _now);
        }
        catch (ProtocolException error)
        {
            Fail(error.Message);
            return;
        }
        Emit(new ReceiverEffect.PersistReceipt(_receipt));
    }

    private void OnReceiptStored()
    {
        if (State != ReceiverState.Placing || _receipt is null)
            return;
        SetState(ReceiverState.Delivering);
        Deliver();
    }

    private void OnCancelledHere(string reason)
    {
        // From Placing on the files are appearing: too late to take them back.
        if (State < ReceiverState.Placing)
            End(ReceiverState.Cancelled, reason, tellSender: true);
    }

    private void OnTimedOut()
    {
        if (NextTimeout is not { } due || _now < due)
            return;
        if (State == ReceiverState.Delivering)
        {
            Deliver();
            return;
        }
        if (SilenceDue <= _now)
        {
            _silentSince = _now;
            SayWhatIsMissing();
        }
        if (_diskRetryAt <= _now)
            RetryDisk();
    }

    private void LeaveOutAbandoned(ManifestPage page)
    {
        foreach (var part in page.Parts.Where(p => p.Entry.Abandoned))
        {
            // Its own last page is not appended to the ledger yet, its earlier chunks are.
            Withdraw(part.Entry.Number, "it changed while it was being read");
        }
    }

    private void Withdraw(uint entry, string reason)
    {
        _withdrawn.TryAdd(entry, reason);
        _ledger.LeaveOut(Manifest!, Manifest!.Entries[(int)entry]);
    }

    private void Refuse(EntryNote.NotStored refused)
    {
        _refused[refused.EntryNumber] = refused;
        _ledger.LeaveOut(Manifest!, Manifest!.Entries[(int)refused.EntryNumber]);
    }

    private void SettleWhenWhole()
    {
        if (State != ReceiverState.Receiving || Manifest is not { IsComplete: true } || _ledger.StoredPages < Manifest.Pages.Count || !_ledger.HasAll)
            return;
        SetState(ReceiverState.Settling);
        Emit(new ReceiverEffect.SettleEntries(_ledger.LeftOut));
    }

    private void SendMissing(ManifestPage page) => Send(TransferMessages.Missing(_setup.Transfer, page.Index, _ledger.MissingOf(page)));

    private void Deliver()
    {
        _deliveredAt = _now;
        Send(TransferMessages.Receipt(_setup.Transfer, _receipt!));
    }

    private void Fail(string reason) => End(ReceiverState.Failed, reason, tellSender: true);

    private void End(ReceiverState state, string reason, bool tellSender)
    {
        // Once there is a receipt the files are in their place, whatever happens after.
        if (IsOver || _receipt is not null)
            return;
        Reason = Printable.Shorten(reason);
        IsAsked = false;
        EndStall();
        _gate.Clear();
        _owesLastWord = tellSender;
        SetState(state);
        Emit(new ReceiverEffect.Discard());
        if (tellSender && _linkUp)
            SayLastWord();
    }

    // A word that is owed keeps a session and a wish for a link. What is being put in place is here: it gets its receipt.
    private void OnLinkRefused(string reason)
    {
        if (State < ReceiverState.Settling)
            End(ReceiverState.Failed, reason, tellSender: false);
        else
            _refusal = reason;
        _owesLastWord = false;
    }

    private void SayLastWord()
    {
        _owesLastWord = false;
        Send(State switch
        {
            ReceiverState.Declined => TransferMessages.Answer(_setup.Transfer, Answer.Declined, Reason),
            ReceiverState.Failed => TransferMessages.Answer(_setup.Transfer, Answer.Failed, Reason),
            _ => TransferMessages.Cancelled(_setup.Transfer, Reason),
        });
    }

    private void SetState(ReceiverState state)
    {
        State = state;
        Emit(new ReceiverEffect.StateChanged(state, Reason));
    }

    // Without a link it is not said; the sender asks again when there is one.
    private void Send(Control message)
    {
        if (_linkUp)
            Emit(new ReceiverEffect.SendControl(message));
    }

    private void Emit(ReceiverEffect effect) => _effects.Add(effect);
}
