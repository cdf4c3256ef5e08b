using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Agent.Tests;

/// <summary>openshare doctor, around a device that finds what the test says.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    [Fact]
    public async Task What_is_wrong_is_said_with_why_and_what_to_do_and_ends_with_1()
    {
        _device.OnDiagnose = _ => Some.Diagnosis;
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal((1, ""), (await cli.RunAsync("doctor"), cli.Error));

        Assert.Equal(
            """
            ok       On the network: eth0 192.0.2.1/24.
            problem  bob (b0b00000) cannot connect to this device. [port_blocked_here]
                     Others cannot send to it.
                     To do: Allow the port.
                       sudo ufw allow 4747/tcp
            note     carol is not in sight. [device_silent]
                     It may be off.
                     To do: Look whether it is on.
            1 problem, 1 note.

            """.ReplaceLineEndings("\n"),
            cli.Out.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Where_nothing_is_wrong_it_says_so_and_ends_with_0()
    {
        _device.OnDiagnose = _ => new Diagnosis([.. Some.Diagnosis.Findings.Where(f => f.Severity == Severity.Ok)]);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("doctor"));

        Assert.EndsWith("Nothing is wrong.\n", cli.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal([new DoctorSubject.Everybody()], _device.Subjects);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("b0b")]
    public async Task A_device_out_of_sight_is_what_is_asked_about(string text)
    {
        _device.SetPeers(Some.Peer with { Address = null, FoundBy = null });
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("doctor", text));

        Assert.Equal([new DoctorSubject.Device(Some.Bob)], _device.Subjects);
    }

    [Fact]
    public async Task A_typed_address_is_asked_itself()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("doctor", "192.0.2.9:4747"));

        Assert.Equal([new DoctorSubject.Place(System.Net.IPEndPoint.Parse("192.0.2.9:4747"))], _device.Subjects);
    }

    [Fact]
    public async Task A_device_that_nobody_knows_ends_with_4_and_one_of_two_with_2()
    {
        _device.SetPeers(Some.Peer, Some.Peer with { DeviceId = Some.Alice });
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var unknown = new Support.Cli(_home, _device);
        using var ambiguous = new Support.Cli(_home, _device);

        Assert.Equal(4, await unknown.RunAsync("doctor", "dave"));
        Assert.Contains("'dave' is in sight or known here", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(2, await ambiguous.RunAsync("doctor", "bob"));
        Assert.Empty(_device.Subjects);
    }

    [Fact]
    public async Task Where_no_agent_runs_it_hosts_one_that_looks_whatever_its_port()
    {
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(0, await cli.RunAsync("doctor", "--listen", "127.0.0.1:4747", "--interface", "eth0"));

        Assert.Equal(DeviceReach.Diagnosis, _device.Options!.Reach);
        Assert.Equal(("127.0.0.1:4747", "eth0"), ($"{_device.Options.Listen}", Assert.Single(_device.Options.Interfaces)));
        Assert.Contains("No agent is running here", cli.Error, StringComparison.Ordinal);
        Assert.Equal(1, _device.Stops);
    }

    [Fact]
    public async Task An_agent_that_runs_is_not_told_where_to_listen()
    {
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        Assert.Equal(2, await cli.RunAsync("doctor", "--listen", "127.0.0.1:4747"));

        Assert.Contains("leave them out", cli.Error, StringComparison.Ordinal);
        Assert.Empty(_device.Subjects);
    }

    [Fact]
    public async Task A_name_that_would_move_the_cursor_does_not()
    {
        _device.OnDiagnose = _ => new Diagnosis([Finding.Note(FindingCode.DeviceSilent, "\u001b[2Jgone", "why", new Remedy("do"))]);
        await using var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, _device);

        await cli.RunAsync("doctor");

        Assert.DoesNotContain('\u001b', cli.Out);
    }

    public void Dispose() => _home.Dispose();
}
