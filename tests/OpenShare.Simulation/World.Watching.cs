using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenShare.Device.Hosting;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;
using OpenShare.Simulation.Invariants;
using OpenShare.Simulation.Network.Observing;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation;

/// <summary>The course of a run, and those who watch it.</summary>
public sealed partial class World
{
    /// <summary>So long after the last fault a revocation must have reached everybody: the longest back-off, and two polls.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);

    private const int MostAlarms = 100;

    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    private readonly List<Alarm> _alarms = [];
    private readonly NoSurprise _noSurprise = new();
    private ImmutableArray<Invariant> _invariants = [];
    private TimeSpan _healedAt;

    public IReadOnlyList<Alarm> Alarms => _alarms;

    /// <summary>Faults that were injected so far.</summary>
    public int Faults { get; private set; }

    /// <summary>The scenario's time is over: no more faults.</summary>
    public bool IsHealing { get; private set; }

    /// <summary>A promise was broken a while ago: what comes after it tells little more.</summary>
    internal bool IsCondemned => _alarms.Count > 0 && Elapsed - _alarms[0].At > Aftermath;

    internal TimeSpan SinceHealing => IsHealing ? Elapsed - _healedAt : TimeSpan.Zero;

    /// <summary>Notes that something was done to the world.</summary>
    public void Fault(string what)
    {
        Faults++;
        Trace.Add("world", what);
    }

    internal void Begin()
    {
        for (var i = 1; i <= Scenario.DeviceCount; i++)
            AddDevice($"d{i}");
        for (var i = 0; i < Scenario.Happenings.Length; i++)
            Scenario.Happenings[i].Begin(this, new Random(SeedOf(-100 - i)));
        EverySecond();
    }

    internal void HealAll()
    {
        Trace.Add("world", "heals");
        (IsHealing, _healedAt) = (true, Elapsed);
        foreach (var happening in Scenario.Happenings)
            happening.Heal(this);
    }

    internal void Judge()
    {
        foreach (var invariant in _invariants)
            invariant.AtEnd();
    }

    internal void Raise(Alarm alarm)
    {
        if (_alarms.Count == MostAlarms)
            return;
        _alarms.Add(alarm);
        Trace.Add("ALARM", alarm.ToString());
    }

    internal void OnEvent(SimulatedDevice device, IDeviceEvent happened)
    {
        NoteGiven(device, happened);
        foreach (var invariant in _invariants)
            invariant.OnEvent(device, happened);
    }

    internal void OnStarted(SimulatedDevice device)
    {
        foreach (var invariant in _invariants)
            invariant.OnStarted(device);
    }

    internal void OnMessage(SimulatedDevice device, ReadOnlySpan<byte> bytes)
    {
        foreach (var invariant in _invariants)
            invariant.OnMessage(device, bytes);
    }

    private void OnDisk(SimulatedDevice device, DiskChange change)
    {
        foreach (var invariant in _invariants)
            invariant.OnDisk(device, change);
    }

    private void OnLog(LogEvent log)
    {
        var line = $"{log.LogSource}: {log.Message}";
        Trace.Add("log", line);
        foreach (var invariant in _invariants)
            invariant.OnLog(line);
        if (log is Error error && _invariants.Contains(_noSurprise) && !IsOfTheDead(log.LogSource))
            _noSurprise.OnError($"{line} {error.Cause}");
    }

    // A process that is killed in the middle of a turn goes on to the turn's end, on a disk and a database that are gone.
    private bool IsOfTheDead(string source) =>
        ActorPath.TryParse(source, out var path) && path.Depth > Processes.TreeDepth && Processes.Of(path) is null;

    private void Watch()
    {
        _invariants = [.. Promises.All().Prepend(_noSurprise).Where(i => !Scenario.Disarmed.Contains(i.Name))];
        foreach (var invariant in _invariants)
            invariant.Watch(this);
        System.EventStream.Subscribe(System.ActorOf(LogWatcher.Props(OnLog), "log"), typeof(LogEvent));
    }

    private void EverySecond() => After(TimeSpan.FromSeconds(1), () =>
    {
        foreach (var invariant in _invariants)
            invariant.OnSecond();
        EverySecond();
    });

    private sealed class WireWatch(World world) : INetworkObserver
    {
        public void Sent(NetworkFlow flow, ReadOnlySpan<byte> bytes)
        {
            if (!world._byName.TryGetValue(flow.From, out var device))
                return;
            world.OnMessage(device, bytes);
            if (!flow.IsStream)
                return;
            foreach (var invariant in world._invariants)
                invariant.OnSent(device, bytes);
        }
    }
}
