using System.Net;
using System.Net.Sockets;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>The registration server, from its name to its answer, and the clock.</summary>
public sealed partial class FaultTests
{
    [SkippableFact]
    public async Task A_server_whose_name_is_not_known()
    {
        await lab.ReadyAsync();
        lab.NameLeadsTo(null);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_name_unknown", "server.test, has no address", "getent hosts server.test");
    }

    [SkippableFact]
    public async Task A_server_that_does_not_answer()
    {
        await lab.ReadyAsync();
        await lab.Lan.FirewallAsync("gateway", "input", $"tcp dport {lab.Server.Port} drop");

        (await Report.OfAsync(lab.Alice)).HasProblem("server_unreachable", "it does not answer", $"{lab.Url}/health");
    }

    [SkippableFact]
    public async Task A_server_that_does_not_run()
    {
        await lab.ReadyAsync();
        lab.NameLeadsTo(DoctorLab.BobAddress);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_not_running", $"nothing listens at server.test:{lab.Server.Port}", "openshare-server run");
    }

    [SkippableFact]
    public async Task Another_server_that_answers_in_its_place()
    {
        await lab.ReadyAsync();
        using var other = await Server.StartAsync(address: DoctorLab.OtherAddress, within: lab.Lan.Within("gateway"), port: lab.Server.Port);
        lab.NameLeadsTo(DoctorLab.OtherAddress);

        (await Report.OfAsync(lab.Alice)).HasProblem("server_not_trusted", "is not this device's registration server", "Sign in to the Wi-Fi");
    }

    [SkippableFact]
    public async Task A_server_that_is_none()
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

        (await OfAliceAsync(ahead: TimeSpan.FromMinutes(-30))).HasProblem("clock_wrong", "30 minutes behind the registration server's", "sudo timedatectl set-ntp true");
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
