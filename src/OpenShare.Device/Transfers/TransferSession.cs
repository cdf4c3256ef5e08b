using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Channel;
using OpenShare.Device.Peers;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Carriers;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Transfers;

/// <summary>
/// What sending and receiving sessions share: the link to the one peer, one child actor for each chunk stream, the
/// machine's timer, and the view that a person gets of it.
/// </summary>
internal abstract partial class TransferSession : ReceiveActor, IWithTimers
{
    private sealed record MachineDue;

    private sealed record ViewDue;

    /// <summary>From a stream's actor: it ended; its chunks have to travel another way.</summary>
    internal sealed record StreamEnded(uint StreamId, string Reason);

    /// <summary>
    /// Streams of one transfer: four are wanted, as many more while they move from one carrier to the other, and there are those
    /// of which only the other side has seen yet that they lead nowhere.
    /// </summary>
    internal const int MostStreams = 16;

    private static readonly TimeSpan ViewPause = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<uint, IActorRef> _streams = [];
    private readonly DateTimeOffset _startedAt;
    private DateTimeOffset _viewShownAt;
    private uint _lastStream;
    private string? _peerName;

    protected TransferSession(TransferScope scope)
    {
        Scope = scope;
        _startedAt = Steady;
        Receive<TransferSignals.LinkUp>(OnLinkUp);
        Receive<TransferSignals.LinkDown>(m => { if (m.Link == Link) OnLinkDown(); });
        Receive<TransferSignals.LinkRefused>(m => { Waiting = null; OnLinkRefused(m.Problem); });
        Receive<TransferSignals.LinkDelayed>(m => OnLinkDelayed(m.Reason));
        Receive<TransferSignals.ControlArrived>(m =>
        {
            try
            {
                OnControl(m.Message);
            }
            finally
            {
                m.Handled?.Invoke();
            }
        });
        Receive<TransferSignals.StreamReady>(OnStreamReady);
        Receive<TransferSignals.Cancel>(_ =>
        {
            if (OnCancel(Sender))
                Sender.Tell(new TransferAnswer(CurrentView()));
        });
        Receive<TransferSignals.Pause>(m =>
        {
            OnPause(m.IsPaused);
            ShowView();
            Sender.Tell(new TransferAnswer(CurrentView()));
        });
        Receive<TransferQueries.GetFiles>(m => Sender.Tell(new FilesAnswer(Files(m.Asked))));
        Receive<StreamEnded>(OnStreamEnded);
        Receive<Noted>(OnNoted);
        Receive<MachineDue>(_ => OnTimedOut());
        Receive<ViewDue>(_ => ShowView());
        Receive<TransferSignals.End>(_ =>
        {
            if (IsSettled)
                Context.Stop(Self);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected TransferScope Scope { get; set; }

    protected DateTimeOffset Now => Scope.Context.Now;

    protected DateTimeOffset Steady => Scope.Context.Steady;

    protected ILoggingAdapter Log { get; } = Context.GetLogger();

    protected LinkId? Link { get; private set; }

    /// <summary>Of the link that is up, or was last.</summary>
    protected Carrier LinkCarrier { get; private set; }

    /// <summary>Why there is no link yet, for a person.</summary>
    protected string? Waiting { get; private set; }

    /// <summary>Time spent on it by this process and those before it.</summary>
    protected TimeSpan Elapsed => Scope.Record.Elapsed + (Steady - _startedAt);

    protected TransferId Id => Scope.Key.Transfer;

    protected DeviceId Peer => Scope.Key.Peer;

    // A stream that fails is gone, and the session asks for another; what it carried is sent again.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Over, nothing left to tell the other side, and nothing under way.</summary>
    protected abstract bool IsSettled { get; }

    protected abstract void OnLinked(DeviceCertificate certificate);

    protected abstract void OnUnlinked();

    protected abstract void OnLinkRefused(LinkProblem problem);

    /// <summary>There is no link for another reason than what it was refused for, and it is tried again.</summary>
    protected virtual void OnNotReached() { }

    protected abstract void OnControl(Control message);

    protected abstract Props StreamProps(TransferSignals.StreamReady ready);

    protected abstract void OnStreamUp(uint streamId);

    protected abstract void OnStreamDown(uint streamId);

    /// <param name="asker">waits for a <see cref="TransferAnswer"/></param>
    /// <returns>false: it is answered later</returns>
    protected abstract bool OnCancel(IActorRef asker);

    protected abstract void OnPause(bool isPaused);

    protected abstract void OnTimedOut();

    /// <summary>What a person sees; the base fills in who and when.</summary>
    protected abstract TransferView View(TransferView start);

    /// <returns>null: no file of it is known yet</returns>
    protected abstract FilesProgress? Files(FilesAsked asked);

    protected IActorRef? StreamOf(uint streamId) => _streams.GetValueOrDefault(streamId);

    protected void Send(Control message)
    {
        if (Link is { } link)
            Scope.Peers.Tell(new PeerCommands.SendControl(Peer, link, message));
    }

    protected void OpenStreams(int count, Carrier carrier)
    {
        if (Link is { } link)
            Scope.Peers.Tell(new PeerCommands.OpenStreams(Peer, link, Id, count, carrier));
    }

    protected void CloseStream(uint streamId)
    {
        if (_streams.Remove(streamId, out var stream))
            Context.Stop(stream);
    }

    protected void CloseStreams()
    {
        foreach (var stream in _streams.Values)
            Context.Stop(stream);
        _streams.Clear();
    }

    /// <param name="now">by the clock that <paramref name="at"/> goes by</param>
    protected void Schedule(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is { } due)
            Timers.StartSingleTimer("machine", new MachineDue(), due > now ? due - now : TimeSpan.Zero);
        else
            Timers.Cancel("machine");
    }

    /// <summary>Progress: shown now where the last showing is long enough ago, else a little later.</summary>
    protected void ShowProgress()
    {
        if (Steady - _viewShownAt >= ViewPause)
            ShowView();
        else if (!Timers.IsTimerActive("view"))
            Timers.StartSingleTimer("view", new ViewDue(), ViewPause);
    }

    protected void ShowView()
    {
        _viewShownAt = Steady;
        Timers.Cancel("view");
        Context.Parent.Tell(new TransferSignals.ViewChanged(CurrentView()));
    }

    /// <summary>What is shown of it now.</summary>
    protected TransferView CurrentView() => View(TransferViews.Running(Scope.Record, _peerName, Elapsed));

    // Told after each dial of many.
    private void OnLinkDelayed(string reason)
    {
        if (Waiting == reason)
            return;
        OnNotReached();
        Waiting = reason;
        ShowView();
    }

    private void OnLinkUp(TransferSignals.LinkUp up)
    {
        if (Link is not null)
            OnLinkDown();
        (Link, LinkCarrier, Waiting, _peerName) = (up.Link, up.Carrier, null, up.Certificate.Name);
        OnLinked(up.Certificate);
    }

    private void OnLinkDown()
    {
        if (!CurrentView().IsEnded)
            Scope.Context.Metrics.Interrupted(Scope.Key.Direction);
        Link = null;
        CloseStreams();
        OnUnlinked();
    }

    private void OnStreamReady(TransferSignals.StreamReady ready)
    {
        if (Link is null)
        {
            _ = Goodbye.EndAsync(ready.Stream, Context.System.Scheduler);
            return;
        }
        // The oldest ends: where flows die without a word on this side it is one of those, and the new one is what the transfer goes on by.
        if (_streams.Count >= MostStreams)
        {
            Log.Warning("Transfer {0} has {1} streams already, and {2} joins one more: the oldest ends for it", Id, MostStreams, Peer);
            var oldest = _streams.Keys.First();
            CloseStream(oldest);
            OnStreamDown(oldest);
        }
        // Numbered anew: ids begin again with each link, and the last words of an old stream are not those of a new one.
        var numbered = ready with { StreamId = ++_lastStream };
        _streams.Add(numbered.StreamId, Context.ActorOf(StreamProps(numbered), $"stream-{numbered.StreamId}"));
        OnStreamUp(numbered.StreamId);
    }

    private void OnStreamEnded(StreamEnded ended)
    {
        if (!_streams.Remove(ended.StreamId, out var stream))
            return;
        Log.Debug("Stream {0} of transfer {1} ended: {2}", ended.StreamId, Id, ended.Reason);
        Context.Stop(stream);
        OnStreamDown(ended.StreamId);
    }
}
