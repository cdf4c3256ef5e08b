using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Transport.Memory;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Tests.Registration;

/// <summary>What registration and revocation of one device need: a home in memory, a service in memory, virtual time.</summary>
public abstract class DeviceRig : TestKit
{
    private protected static readonly Uri Server = new("https://registration.example:8443");
    private protected static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private readonly DeviceDatabase _database = DeviceDatabase.OpenInMemory();

    private protected DeviceRig()
        : base("akka { loglevel = DEBUG, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }")
    {
        Service = new FakeRegistrationService(Organisation, Start);
        Context = new DeviceContext(
            Time, new SeededRandom(1), new Workers(2), new MemoryTransport(new MemoryNetwork(), IPAddress.Loopback), new DeviceEventBus());
        Events = CreateTestProbe();
        LogLines = CreateTestProbe();
        Sys.EventStream.Subscribe(LogLines.Ref, typeof(LogEvent));
    }

    private protected TestOrganisation Organisation { get; } = new(1, Start, founded: Start.AddYears(-3));

    private protected FakeRegistrationService Service { get; }

    private protected ManualTime Time { get; } = new(Start);

    private protected DeviceContext Context { get; }

    private protected TestProbe Events { get; }

    private protected TestProbe LogLines { get; }

    private protected MemoryKeyStore Keys { get; } = new();

    private protected IRegistrationStore Registration => _database.Registration;

    private protected IRevocationStore Lists => _database.Revocation;

    private protected static RegistrationTokenText Token(TestOrganisation organisation, byte number = 7) => new(
        Enumerable.Repeat(number, 16).ToArray(), AccountId.Parse("acme"), organisation.Trust.Fingerprint.Span);

    private protected RegistrationOrder Order(TestOrganisation? named = null) =>
        new(Server, Token(named ?? Organisation), new ServerTrust.ByToken(), "Laptop");

    /// <summary>Moves the clock and every timer on.</summary>
    private protected void Advance(TimeSpan by)
    {
        Time.Advance(by);
        ((TestScheduler)Sys.Scheduler).Advance(by);
    }

    private protected async Task Stop(IActorRef actor)
    {
        await WatchAsync(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _database.Dispose();
    }
}
