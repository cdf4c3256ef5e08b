using System.Collections.Immutable;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Pairing;
using OpenShare.Device.Peers;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Tests.Support;

/// <summary>A device that is whatever the test says it is, and notes what it was asked to do.</summary>
internal sealed class FakeDevice : IDevice
{
    private readonly ChangeCounter _changes = new();
    private readonly TransferEndings _endings = new();
    private readonly Lock _gate = new();
    private int _transferAsked;

    internal DeviceOptions? Options { get; private set; }

    internal DeviceStatus Status { get; private set; } = Some.Status;

    internal ImmutableArray<PeerView> Peers { get; private set; } = [];

    internal ImmutableArray<TransferView> Transfers { get; private set; } = [];

    internal ImmutableArray<ReceiptView> Receipts { get; set; } = [];

    internal ReceiptCheck Check { get; set; } = new("This is no receipt.", null, null);

    internal RevocationRefresh Refresh { get; set; } = new RevocationRefresh.NotRegistered();

    internal Func<DoctorSubject, Diagnosis> OnDiagnose { get; set; } = _ => new Diagnosis([]);

    internal List<DoctorSubject> Subjects { get; } = [];

    internal Func<RegistrationOrder, RegistrationStart> OnRegister { get; set; } = _ => new RegistrationStart.Begun();

    internal Func<SendTarget, SendStart> OnSend { get; set; } = _ => new SendStart.Refused(TransferProblem.NotRegistered, "This device is not registered.");

    /// <summary>What StartSend waits for, given its own cancellation.</summary>
    internal Func<CancellationToken, Task> BeforeSend { get; set; } = _ => Task.CompletedTask;

    internal List<RegistrationOrder> Orders { get; } = [];

    internal List<(ImmutableArray<string> Paths, SendTarget Target)> Sends { get; } = [];

    internal DuplicateResolution Resolution { get; set; } = new DuplicateResolution.Resolved();

    internal List<DeviceId> Resolved { get; } = [];

    internal List<DeviceId> LookedFor { get; } = [];

    internal Action<DeviceId> OnLookFor { get; set; } = _ => { };

    internal int Starts { get; private set; }

    internal int Stops { get; private set; }

    internal int PeersAsked { get; private set; }

    internal StartDevice Start => (_, options, _) =>
    {
        Options = options;
        Starts++;
        return Task.FromResult<IDevice>(this);
    };

    internal static StartDevice Failing(string message) => (_, _, _) => throw new DeviceStartException(message);

    internal void Change(Func<DeviceStatus, DeviceStatus> change) => Update(() => Status = change(Status));

    internal void SetPeers(params ImmutableArray<PeerView> peers) => Update(() => Peers = peers);

    internal void SetTransfer(TransferView transfer)
    {
        Update(() => Transfers = [transfer, .. Transfers.Where(t => t.Id != transfer.Id)]);
        _endings.Note(transfer);
    }

    public Task Ended { get; set; } = Task.Delay(Timeout.Infinite);

    public Task<DeviceStatus> GetStatus(CancellationToken cancellation) => Task.FromResult(Status);

    public Task<RegistrationStart> Register(RegistrationOrder order, CancellationToken cancellation)
    {
        lock (_gate)
            Orders.Add(order);
        return Task.FromResult(OnRegister(order));
    }

    internal Func<Uri, ServiceAnswer<LoginOffer>> OnFindLogin { get; set; } = _ => new ServiceFailure.Unreachable("The server does not answer.");

    internal Func<string, ServiceAnswer<LoginSession>> OnOpenSession { get; set; } = jwt => new LoginSession(jwt, AccountId.Parse("home"), new byte[32]);

    /// <summary>What was to vouch for the server, each time that it was asked where to log in.</summary>
    internal List<ServerTrust> Trusted { get; } = [];

    public Task<ServiceAnswer<LoginOffer>> FindLogin(Uri server, ServerTrust trust, CancellationToken cancellation)
    {
        lock (_gate)
            Trusted.Add(trust);
        return Task.FromResult(OnFindLogin(server) is ServiceAnswer<LoginOffer>.Good { Value: var offer } ? offer with { Server = server, Trust = trust } : OnFindLogin(server));
    }

    public Task<ServiceAnswer<LoginSession>> OpenSession(LoginOffer offer, string jwt, CancellationToken cancellation) => Task.FromResult(OnOpenSession(jwt));

    internal PairingShown Shown { get; set; } = new(PairingCode.FromBytes(new byte[PairingCode.Size]), new string('a', 32));

    internal Func<PairingCode, ProvisionalScope, InviteOutcome> OnInvite { get; set; } = (_, _) => new InviteOutcome.NotRegistered();

    internal Func<PairingToken, string?, JoinReport> OnJoin { get; set; } = (_, _) => new JoinReport.AlreadyRegistered();

    /// <summary>Where somebody is there who compares the code.</summary>
    internal Func<PairingToken, Task<JoinReport>>? OnAttendedJoin { get; set; }

    internal WithdrawOutcome Withdrawal { get; set; } = new WithdrawOutcome.Withdrawn();

    internal Func<DeviceId, InviteOutcome> OnInviteFound { get; set; } = _ => new InviteOutcome.NotRegistered();

    public Task<PairingShown> Announce(CancellationToken cancellation) => Task.FromResult(Shown);

    public Task<InviteOutcome> InviteFound(DeviceId device, ProvisionalScope scope, CancellationToken cancellation) => Task.FromResult(OnInviteFound(device));

    public ImmutableArray<Comparison> Comparisons { get; private set; } = [];

    internal void SetComparisons(params ImmutableArray<Comparison> comparisons) => Update(() => Comparisons = comparisons);

    internal Func<int, bool, bool> OnCompare { get; set; } = (_, _) => false;

    public Task<bool> Compare(int comparison, bool isSame, CancellationToken cancellation) => Task.FromResult(OnCompare(comparison, isSame));

    public Task<InviteOutcome> Invite(PairingCode code, ProvisionalScope scope, CancellationToken cancellation) => Task.FromResult(OnInvite(code, scope));

    public Task<JoinReport> Join(PairingToken token, string? fingerprint, string? name, bool isAttended, CancellationToken cancellation) =>
        isAttended && OnAttendedJoin is { } attended ? attended(token) : Task.FromResult(OnJoin(token, fingerprint));

    public Task<WithdrawOutcome> WithdrawPairing(DeviceId device, CancellationToken cancellation) => Task.FromResult(Withdrawal);

    public Task<ImmutableArray<PeerView>> GetPeers(CancellationToken cancellation)
    {
        PeersAsked++;
        return Task.FromResult(Peers);
    }

    public Task<DuplicateResolution> ResolveDuplicate(DeviceId device, CancellationToken cancellation)
    {
        Resolved.Add(device);
        return Task.FromResult(Resolution);
    }

    public void LookFor(DeviceId device)
    {
        LookedFor.Add(device);
        OnLookFor(device);
    }

    internal List<long> Limits { get; } = [];

    internal List<ConflictPolicy> Wishes { get; } = [];

    public async Task<SendStart> StartSend(ImmutableArray<string> paths, SendTarget target, long bytesPerSecond, ConflictPolicy conflict, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Sends.Add((paths, target));
            Limits.Add(bytesPerSecond);
            Wishes.Add(conflict);
        }
        await BeforeSend(cancellation);
        return OnSend(target);
    }

    internal List<string> Texts { get; } = [];

    public Task<SendStart> StartSendText(string text, SendTarget target, long bytesPerSecond, CancellationToken cancellation)
    {
        lock (_gate)
            Texts.Add(text);
        return Task.FromResult(OnSend(target));
    }

    internal List<(bool IsAccepted, bool Always, string? SaveTo)> Answers { get; } = [];

    public async Task<OfferAnswered> AnswerOffer(TransferId id, bool isAccepted, bool always, string? saveTo, CancellationToken cancellation)
    {
        if (await GetTransfer(id, cancellation) is not { State: TransferState.AwaitingAnswer } transfer)
            return new OfferAnswered(await GetTransfer(id, cancellation), WasAsked: false);
        lock (_gate)
            Answers.Add((isAccepted, always, saveTo));
        SetTransfer(transfer with { State = isAccepted ? TransferState.Transferring : TransferState.Declined });
        return new OfferAnswered(await GetTransfer(id, cancellation), WasAsked: true);
    }

    internal List<(DeviceId Device, AcceptRule? Rule)> Rules { get; } = [];

    public Task SetAcceptRule(DeviceId device, AcceptRule? rule, CancellationToken cancellation)
    {
        lock (_gate)
            Rules.Add((device, rule));
        return Task.CompletedTask;
    }

    internal Func<ReceivingRule, string?> OnChangeReceiving { get; set; } = _ => null;

    internal ReceivingRule? Receiving { get; private set; }

    public Task<string?> ChangeReceiving(ReceivingRule rule, CancellationToken cancellation)
    {
        if (OnChangeReceiving(rule) is { } problem)
            return Task.FromResult<string?>(problem);
        Update(() => Receiving = rule);
        return Task.FromResult<string?>(null);
    }

    internal TextView? Text { get; set; }

    public Task<TextView?> GetText(TransferId id, CancellationToken cancellation) => Task.FromResult(Text);

    public Task<ImmutableArray<TransferView>> GetTransfers(CancellationToken cancellation) => Task.FromResult(Transfers);

    internal int TransferAsked => Volatile.Read(ref _transferAsked);

    public Task<TransferView?> GetTransfer(TransferId id, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _transferAsked);
        return Task.FromResult(Transfers.FirstOrDefault(t => t.Id == id));
    }

    public async Task<TransferView?> CancelTransfer(TransferId id, CancellationToken cancellation)
    {
        if (await GetTransfer(id, cancellation) is not { } transfer)
            return null;
        if (!transfer.IsEnded)
            SetTransfer(transfer with { State = TransferState.Cancelled });
        return await GetTransfer(id, cancellation);
    }

    public async Task<TransferView?> PauseTransfer(TransferId id, bool isPaused, CancellationToken cancellation)
    {
        if (await GetTransfer(id, cancellation) is not { } transfer)
            return null;
        if (!transfer.IsEnded)
            SetTransfer(transfer with { State = isPaused ? TransferState.Paused : TransferState.Transferring });
        return await GetTransfer(id, cancellation);
    }

    public ReadOnlyMemory<byte>? Manifest { get; set; }

    public Task<ReadOnlyMemory<byte>?> GetManifest(TransferId id, CancellationToken cancellation) => Task.FromResult(Manifest);

    internal FilesProgress? Files { get; set; }

    internal List<FilesAsked> FilesAsked { get; } = [];

    public Task<FilesProgress?> GetFiles(TransferId id, FilesAsked asked, CancellationToken cancellation)
    {
        FilesAsked.Add(asked);
        return Task.FromResult(Files is { } files ? files with
        {
            List = [.. files.List.Where(f => asked.State is null || f.State == asked.State).Skip((int)asked.From).Take(asked.Count)],
            Next = files.List.Length > asked.From + asked.Count && asked.State is null ? asked.From + (uint)asked.Count : null,
        } : null);
    }

    public Task<ReceiptView?> GetReceipt(TransferId id, CancellationToken cancellation) => Task.FromResult(Receipts.FirstOrDefault(r => r.Transfer == id));

    public Task<ReceiptCheck> VerifyReceipt(ReadOnlyMemory<byte> receipt, CancellationToken cancellation) => Task.FromResult(Check);

    public Task<RevocationView> GetRevocation(CancellationToken cancellation) => Task.FromResult(Status.Revocation);

    public Task<RevocationRefresh> RefreshRevocation(CancellationToken cancellation) => Task.FromResult(Refresh);

    public Task<Diagnosis> Diagnose(DoctorSubject subject, CancellationToken cancellation)
    {
        lock (_gate)
            Subjects.Add(subject);
        return Task.FromResult(OnDiagnose(subject));
    }

    public Task<long> WaitForChange(long seen, CancellationToken cancellation) => _changes.WaitPast(seen, cancellation);

    public event EventHandler<TransferId>? TransferEnded
    {
        add => _endings.Ended += value;
        remove => _endings.Ended -= value;
    }

    public Task StopAsync()
    {
        Stops++;
        return Task.CompletedTask;
    }

    private void Update(Action change)
    {
        lock (_gate)
            change();
        _changes.Count();
    }
}
