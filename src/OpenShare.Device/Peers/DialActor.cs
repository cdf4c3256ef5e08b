using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Channel;
using OpenShare.Device.Hosting;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Peers;

/// <summary>
/// One dial: carries out what <see cref="DialRace"/> decides of a peer's addresses, tells its parent what that came to,
/// and stops. Stopped before, it closes what it began.
/// </summary>
internal sealed class DialActor : ReceiveActor, IWithTimers
{
    /// <summary>A link was had in another way: what has not concluded yet is given up.</summary>
    internal sealed record GiveUp;

    private sealed record PeerProven(int Number);

    private sealed record AttemptEnded(int Number, HandshakeOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record RaceDue;

    private sealed class Attempt
    {
        internal CancellationTokenSource Stop { get; } = new();

        internal TaskCompletionSource MayConclude { get; } = new();

        internal HandshakeOutcome? Outcome { get; set; }
    }

    private readonly DeviceContext _context;
    private readonly HandshakeRunner _runner;
    private readonly ImmutableArray<IPEndPoint> _addresses;
    private readonly DeviceId? _expected;
    private readonly Authentication.Types.Purpose _purpose;
    private readonly Func<HandshakeOutcome, object> _report;
    private readonly DialRace _race;
    private readonly SortedDictionary<int, Attempt> _attempts = [];

    public DialActor(
        DeviceContext context, HandshakeParty party, ImmutableArray<IPEndPoint> addresses, DeviceId? expected,
        Authentication.Types.Purpose purpose, Func<HandshakeOutcome, object> report)
    {
        (_context, _addresses, _expected, _purpose, _report) = (context, addresses, expected, purpose, report);
        _runner = new HandshakeRunner(context, party);
        _race = new DialRace(addresses.Length);
        Receive<PeerProven>(m => Drive(new DialRaceInput.PeerProven(m.Number)));
        Receive<AttemptEnded>(OnAttemptEnded);
        Receive<GiveUp>(_ => Drive(new DialRaceInput.Unneeded()));
        Receive<RaceDue>(_ => Drive(new DialRaceInput.TimedOut()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="addresses">best first</param>
    /// <param name="expected">who is to be there; null where only the address is known</param>
    /// <param name="report">makes the message to the parent</param>
    internal static Props Props(
        DeviceContext context, HandshakeParty party, ImmutableArray<IPEndPoint> addresses, DeviceId? expected,
        Authentication.Types.Purpose purpose, Func<HandshakeOutcome, object> report) =>
        Akka.Actor.Props.Create(() => new DialActor(context, party, addresses, expected, purpose, report));

    protected override void PreStart() => Drive(new DialRaceInput.Started());

    protected override void PostStop()
    {
        foreach (var attempt in _attempts.Values)
            attempt.Stop.Cancel();
    }

    private void Drive(DialRaceInput input)
    {
        foreach (var effect in _race.Handle(input, _context.Steady))
            CarryOut(effect);
        if (_race.NextTimeout is { } due)
            Timers.StartSingleTimer("race", new RaceDue(), due > _context.Steady ? due - _context.Steady : TimeSpan.Zero);
    }

    private void CarryOut(DialRaceEffect effect)
    {
        switch (effect)
        {
            case DialRaceEffect.Connect connect:
                Begin(connect.Attempt);
                break;
            case DialRaceEffect.Conclude conclude:
                _attempts[conclude.Attempt].MayConclude.TrySetResult();
                break;
            case DialRaceEffect.Cancel cancel:
                _attempts[cancel.Attempt].Stop.Cancel();
                break;
            case DialRaceEffect.Over over:
                Context.Parent.Tell(_report(OutcomeOf(over.Attempt)));
                // What it came to is the parent's from here on.
                if (over.Attempt is { } decided)
                    _attempts.Remove(decided);
                Context.Stop(Self);
                break;
        }
    }

    private void Begin(int number)
    {
        var (self, attempt) = (Self, new Attempt());
        _attempts.Add(number, attempt);
        RunAsync(_addresses[number], attempt, () => self.Tell(new PeerProven(number)))
            .PipeTo(self, success: outcome => new AttemptEnded(number, outcome));
    }

    private async Task<HandshakeOutcome> RunAsync(IPEndPoint address, Attempt attempt, Action peerProven)
    {
        var stop = attempt.Stop.Token;
        await using var giveUp = stop.UnsafeRegister(
            _ => attempt.MayConclude.TrySetException(new TransportException("The dial was given up.")), null);
        var outcome = await _runner.DialAsync(address, _expected, _purpose, MayConclude, stop).ConfigureAwait(false);
        // Given up while it concludes, or before the actor hears of it, it is nobody's: it ends.
        if (outcome is HandshakeOutcome.Open open)
            stop.UnsafeRegister(control => ((SecureStream)control!).Dispose(), open.Control);
        return outcome;

        Task MayConclude()
        {
            peerProven();
            return attempt.MayConclude.Task;
        }
    }

    private void OnAttemptEnded(AttemptEnded ended)
    {
        _attempts[ended.Number].Outcome = ended.Outcome;
        Drive(ended.Outcome switch
        {
            HandshakeOutcome.Open => new DialRaceInput.AttemptSucceeded(ended.Number),
            HandshakeOutcome.Failed { Failure: var failure } => new DialRaceInput.AttemptFailed(
                ended.Number, LinkProblems.From(failure, _expected).IsProven ? AttemptFailure.Verdict : AttemptFailure.Words),
            _ => new DialRaceInput.AttemptFailed(ended.Number, AttemptFailure.Silence),
        });
    }

    private HandshakeOutcome OutcomeOf(int? attempt) =>
        (attempt is { } decided ? _attempts[decided].Outcome : null)
            ?? new HandshakeOutcome.Unreachable(_addresses.IsEmpty ? "Its address is not known yet." : $"Cannot reach {_addresses[0]}: no answer in time.");
}
