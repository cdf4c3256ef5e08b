using System.Collections.Immutable;
using OpenShare.Protocol.Revocation;
using OpenShare.Simulation.Network.Links;
using OpenShare.Simulation.Scenarios;
using OpenShare.Simulation.Scenarios.Happenings;
using OpenShare.Simulation.Service;

namespace OpenShare.Simulation;

/// <summary>
/// What happens to a number of devices, in words that can be put one after the other. Immutable: each word gives another
/// scenario. Nothing happens before <see cref="Run"/>.
/// </summary>
public sealed record Scenario
{
    internal Scenario(int devices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(devices, 1);
        DeviceCount = devices;
    }

    public int DeviceCount { get; }

    /// <summary>How the network is while nothing worse happens to it.</summary>
    public LinkConditions Conditions { get; private init; } = LinkConditions.GoodWiFi;

    /// <summary>How many networks the devices are spread over, in turn; devices of two networks do not see each other.</summary>
    public int Networks { get; private init; } = 1;

    /// <summary>How long things happen, in virtual time. Then every fault heals, and all has to come to its end.</summary>
    public TimeSpan Duration { get; private init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after the last fault all must have ended.</summary>
    public TimeSpan Patience { get; private init; } = TimeSpan.FromMinutes(30);

    public int SeedValue { get; private init; } = 1;

    /// <summary>What a replay command calls it; null: it is the test's own.</summary>
    public string? Name { get; private init; }

    /// <summary>How long certificates and revocation lists live.</summary>
    public ServiceLifetimes Lifetimes { get; private init; } = ServiceLifetimes.AsInLife;

    /// <summary>How devices ask the service for a newer revocation list.</summary>
    internal RevocationPace Pace { get; private init; } = RevocationPace.Default;

    /// <summary>Promises that are not watched over: to show that an alarm is the one that finds a bug.</summary>
    internal ImmutableArray<string> Disarmed { get; init; } = [];

    internal ImmutableArray<Happening> Happenings { get; private init; } = [];

    public Scenario Named(string name) => this with { Name = name };

    public Scenario Over(LinkConditions conditions) => this with { Conditions = conditions };

    public Scenario Issuing(ServiceLifetimes lifetimes) => this with { Lifetimes = lifetimes };

    /// <summary>Devices ask for a newer revocation list so often, each time waiting as long for one; every 5 s else.</summary>
    public Scenario PollingEvery(TimeSpan interval) => this with { Pace = Pace with { Interval = interval } };

    public Scenario OnNetworks(int count) => this with { Networks = count };

    public Scenario For(TimeSpan duration) => this with { Duration = duration };

    public Scenario EndingWithin(TimeSpan patience) => this with { Patience = patience };

    public Scenario Seed(int seed) => this with { SeedValue = seed };

    /// <summary>Trees of random shape, each from one random device to another, begun at random times.</summary>
    /// <param name="count">null: as many as there are devices</param>
    /// <param name="files">of each at most</param>
    public Scenario SendingRandomTrees(int? count = null, int largestFile = 256 * 1024, int files = 12) =>
        With(new SendingTrees(count ?? DeviceCount, files, largestFile));

    /// <summary>Files of this size, one each.</summary>
    public Scenario SendingFiles(int count, int size) => With(new SendingTrees(count, Files: 1, size) { IsExact = true });

    /// <summary>Every device's Wi-Fi goes down so long in every so much time, each at its own moment.</summary>
    public Scenario FlappingWiFi(TimeSpan? down = null, TimeSpan? every = null) =>
        With(new FlappingLinks(down ?? TimeSpan.FromSeconds(5), every ?? TimeSpan.FromSeconds(15)));

    /// <summary>Part of the devices is cut off from the rest, again and again, for up to two minutes.</summary>
    public Scenario Partitioning() => With(new Partitions());

    /// <summary>Devices get other addresses, as after a change of access point.</summary>
    public Scenario ChangingAddresses() => With(new AddressChanges());

    /// <summary>Multicast is blocked on and off: what is known already has to do.</summary>
    public Scenario BlockingMulticast() => With(new MulticastBlocks());

    /// <summary>Processes are killed at any moment, and started again a while later.</summary>
    public Scenario KillingProcesses(int times) => With(new Crashes(times, IsPowerLoss: false));

    /// <summary>The receiver of the first transfer is killed when most of it has arrived.</summary>
    public Scenario KillingLate() => With(new LateCrash(IsPowerLoss: false));

    /// <summary>The receiver of the first transfer loses power when most of it has arrived.</summary>
    public Scenario LosingPowerLate() => With(new LateCrash(IsPowerLoss: true));

    /// <summary>The receiver of the first transfer is killed, goes on, and loses power a little later.</summary>
    public Scenario KillingThenLosingPower() => With(new KillThenPowerLoss());

    /// <summary>Devices lose power: what was not synced may be lost or torn.</summary>
    public Scenario LosingPower(int times) => With(new Crashes(times, IsPowerLoss: true));

    /// <summary>Disks are full for a while.</summary>
    public Scenario FillingDisks(int times) => With(new FullDisks(times));

    /// <summary>Disks are pulled out for a while.</summary>
    public Scenario PullingDisks(int times) => With(new PulledDisks(times));

    /// <summary>Disks become slow for a while.</summary>
    public Scenario SlowDisks() => With(new SlowDisks());

    /// <summary>People on either side pause transfers, and resume them when all heals.</summary>
    public Scenario PausingTransfers() => With(new Pauses());

    /// <summary>People on either side call transfers off.</summary>
    public Scenario CancellingTransfers() => With(new Cancels());

    /// <summary>People are asked whether to take what is sent to them, and some decline.</summary>
    public Scenario AskingPeople() => With(new Answers());

    /// <summary>Files that are read again come from the sender's disk with a bit turned, now and then.</summary>
    public Scenario RottingDisks() => With(new RottingDisks());

    /// <summary>Each device's clock is wrong by up to so much, and jumps now and then within it.</summary>
    public Scenario SkewingClocks(TimeSpan? most = null) => With(new SkewedClocks(most ?? TimeSpan.FromMinutes(4)));

    /// <summary>The registration service is away on and off, for up to two minutes.</summary>
    public Scenario ServiceOutages() => With(new ServiceOutages());

    /// <summary>Late in the run the registration service is restored from a backup of its beginning.</summary>
    public Scenario RestoringService() => With(new RestoredService());

    /// <summary>One device is revoked at a random moment.</summary>
    public Scenario RevokingOne() => With(new Revocations(1));

    /// <summary>One device's key is copied to another machine, which joins as the same device.</summary>
    public Scenario CloningOne() => With(new Clone());

    /// <summary>A stranger announces one device, without its key, for the rest of time.</summary>
    public Scenario ForgingOne() => With(new Forge());

    /// <summary>Registered devices pair so many new ones, again and again, and take back what they gave; others try what they can of it.</summary>
    public Scenario PairingNewcomers(int count) => With(new Pairings(count)).With(new PairingAttacks());

    /// <summary>Whatever else is wanted, in code.</summary>
    /// <param name="name">what the trace says</param>
    public Scenario Doing(string name, TimeSpan at, Action<World> what) => With(new Custom(name, at, what));

    internal bool LosesPower => Happenings.Any(h => h is Crashes { IsPowerLoss: true } or LateCrash { IsPowerLoss: true } or KillThenPowerLoss or Pairings);

    internal Scenario With(Happening happening) => this with { Happenings = Happenings.Add(happening) };

    /// <summary>Runs it to its end.</summary>
    /// <param name="line">told each line of the trace; null: none is made, only its hash</param>
    public Outcome Run(Action<string>? line = null) => new ScenarioRun(this, line).ToEnd();
}
