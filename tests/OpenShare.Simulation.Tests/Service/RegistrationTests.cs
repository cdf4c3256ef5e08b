using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Service;

namespace OpenShare.Simulation.Tests.Service;

/// <summary>A device registers with the real service, over a way that is as bad as it likes.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly TestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_device_registers_with_the_real_service()
    {
        var device = Begin();

        _world.Until(() => IsCertified(device), 1, "It was not registered.");

        Assert.Equal([device.Id], _world.World.Service.Devices);
        Assert.Equal("acme", device.Identity!.Certificate.Account.Value);
    }

    [Fact]
    public void An_answer_that_is_lost_after_the_service_registered_the_device_is_given_again()
    {
        var lost = 0;
        _world.World.Service.Conditions.LosesAnswer = path => path == RegistrationPaths.Register && lost++ < 2;
        var device = Begin();

        _world.Until(() => IsCertified(device), 120, "It was not registered.");

        Assert.Equal(3, lost);
        Assert.Equal([device.Id], _world.World.Service.Devices);
        Assert.Equal(1UL, device.Identity!.Certificate.Serial);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_service_that_is_down_is_asked_until_it_is_back(bool isSilent)
    {
        _world.World.Service.Conditions.IsSilentWhenDown = isSilent;
        var token = _world.World.Service.IssueToken();
        _world.World.Service.GoDown();
        var device = Begin(token);

        _world.For(90);

        var underway = Assert.IsType<RegistrationState.Underway>(device.Registration);
        Assert.InRange(underway.Attempts, 2, 30);
        Assert.Contains(isSilent ? "did not answer in time" : "nothing listens there", underway.LastProblem, StringComparison.Ordinal);

        _world.World.Service.GoUp();
        // By then it waits minutes between two tries.
        _world.Until(() => IsCertified(device), 310, "It was not registered.");
    }

    [Fact]
    public void A_service_that_dies_between_challenge_and_request_still_knows_its_challenge()
    {
        var restarts = 0;
        _world.World.Service.Conditions.LosesAnswer = path =>
        {
            if (path == RegistrationPaths.Challenge && restarts++ == 0)
                _world.World.After(TimeSpan.Zero, _world.World.Service.Restart);
            return false;
        };
        var device = Begin();

        _world.Until(() => IsCertified(device), 1, "It was not registered.");

        Assert.Equal(1, restarts);
    }

    [Fact]
    public void A_request_that_the_service_dies_on_is_a_broken_connection()
    {
        _world.World.Service.Conditions.Work = TimeSpan.FromSeconds(1);
        var device = Begin();
        _world.For(0.5);

        _world.World.Service.GoDown();
        _world.For(0.1);

        Assert.Contains("broke", Assert.IsType<RegistrationState.Underway>(device.Registration).LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_is_good_for_one_device()
    {
        var token = _world.World.Service.IssueToken();
        var (first, second) = (Begin(token), Begin(token, "second"));

        _world.Until(() => IsCertified(first) || IsCertified(second), 1, "Neither was registered.");
        _world.For(1);

        var refused = Assert.IsType<RegistrationState.Refused>(IsCertified(first) ? second.Registration : first.Registration);
        Assert.Equal(RegistrationRefusal.BadToken, refused.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_device_has_its_next_certificate_in_time_however_it_came_to_the_first(bool isEnrolled)
    {
        using var world = new TestWorld(lifetimes: ServiceLifetimes.AsInLife with { Certificate = TimeSpan.FromHours(1) });
        var device = isEnrolled ? world.Device("device") : world.Unregistered("device");
        if (!isEnrolled)
        {
            device.Start();
            device.Register(world.World.Service.IssueToken());
        }
        world.For(10);
        Assert.Equal(1UL, device.Identity!.Certificate.Serial);

        // Two thirds of its life, and the twelfth over which renewals are spread.
        world.For(46 * 60);

        Assert.Equal(2UL, device.Identity.Certificate.Serial);
        Assert.Equal([device.Id], world.World.Service.Devices);
    }

    [Fact]
    public void Devices_that_are_enrolled_take_their_numbers_and_their_place_among_the_others()
    {
        var token = _world.World.Service.IssueToken(uses: 2);
        var first = Begin(token);
        _world.Until(() => IsCertified(first), 1, "It was not registered.");

        var enrolled = _world.World.Service.Enroll(SigningKey.FromSeed(new byte[32]).PublicKey, "enrolled", token);

        Assert.Equal(2UL, enrolled.Issued.Certificate.DeviceNo);
        Assert.True(enrolled.Issued.Certificate.IsVouchedFor(first.Identity!.Trust));
        Assert.Equal(first.Identity.DiscoveryKeys.Issue!.Blob, enrolled.Issued.DiscoveryKeys.Issue!.Blob);
        Assert.Equal(2UL, _world.World.Service.Revoke(enrolled.Issued.Certificate.DeviceId));
        Assert.Throws<InvalidOperationException>(() => _world.World.Service.Enroll(first.Identity.Key.PublicKey, "too many", token));
        var third = Begin(name: "third");
        _world.Until(() => IsCertified(third), 1, "It was not registered.");
        Assert.Equal(3UL, third.Identity!.Certificate.DeviceNo);
    }

    [Fact]
    public void Many_devices_register_over_a_lossy_way_and_each_once()
    {
        // What they would do beside registering is not asked here.
        _world.World.Segments[0].Conditions = _world.World.Segments[0].Conditions with { MulticastBlocked = true };
        (_world.World.Service.Conditions.RequestLoss, _world.World.Service.Conditions.AnswerLoss) = (0.1, 0.1);
        var devices = Enumerable.Range(0, 30).Select(i => Begin(name: $"device-{i}")).ToList();

        _world.Until(() => devices.All(IsCertified), 600, "Not all were registered.");

        Assert.Equal(devices.Select(d => d.Id).Order(), _world.World.Service.Devices.Order());
    }

    private SimulatedDevice Begin(RegistrationTokenText? token = null, string name = "first")
    {
        var device = _world.Unregistered(name);
        device.Start();
        device.Register(token ?? _world.World.Service.IssueToken());
        return device;
    }

    private static bool IsCertified(SimulatedDevice device) => device.Registration is RegistrationState.Certified;
}
