using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>What may be wrong with the registration server, from its name to its answer, and with the clock.</summary>
[Collection(Processes.Name)]
public sealed class ServerFaultTests(DoctorLab lab) : IClassFixture<DoctorLab>
{
    [SkippableFact]
    public async Task Its_name_is_not_known()
    {
        await lab.ReadyAsync();
        lab.NameLeadsTo(null);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_name_unknown", "server.test, has no address", "getent hosts server.test");
    }

    [SkippableFact]
    public async Task It_does_not_answer()
    {
        await lab.ReadyAsync();
        await lab.Lan.FirewallAsync("gateway", "input", $"tcp dport {lab.Server.Port} drop");

        (await Report.OfAsync(lab.Alice)).HasProblem("server_unreachable", "it does not answer", $"{lab.Url}/health");
    }

    [SkippableFact]
    public async Task It_does_not_run()
    {
        await lab.ReadyAsync();
        lab.NameLeadsTo(DoctorLab.BobAddress);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_not_running", $"nothing listens at server.test:{lab.Server.Port}", "openshare-server run");
    }

    [SkippableFact]
    public async Task Another_answers_in_its_place()
    {
        await lab.ReadyAsync();
        using var other = await Server.StartAsync(address: DoctorLab.OtherAddress, within: lab.Lan.Within("gateway"), port: lab.Server.Port);
        lab.NameLeadsTo(DoctorLab.OtherAddress);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_not_trusted", "is not this device's registration server", "Sign in to the Wi-Fi");
    }

    [SkippableFact]
    public async Task What_answers_is_no_such_server()
    {
        await lab.ReadyAsync();
        using var stranger = lab.Lan.In("gateway", () =>
        {
            var listener = new TcpListener(IPAddress.Parse(DoctorLab.OtherAddress), lab.Server.Port);
            listener.Start();
            return listener;
        });
        _ = HangUpAsync(stranger);
        lab.NameLeadsTo(DoctorLab.OtherAddress);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_fails", "does not speak TLS", "curl");
    }

    [SkippableFact]
    public async Task A_clock_that_is_late()
    {
        await lab.ReadyAsync();
        foreach (var (key, value) in FakeTime.Late(TimeSpan.FromMinutes(30)))
            lab.Alice.Environment[key] = value;
        try
        {
            (await Report.OfAsync(lab.Alice)).HasProblem("clock_wrong", "30 minutes behind the registration server's", "sudo timedatectl set-ntp true");
        }
        finally
        {
            lab.Alice.Environment.Clear();
        }
    }

    private static async Task HangUpAsync(TcpListener listener)
    {
        try
        {
            while (true)
                (await listener.AcceptTcpClientAsync()).Dispose();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
