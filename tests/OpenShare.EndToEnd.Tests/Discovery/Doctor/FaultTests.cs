using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Discovery.Doctor;

/// <summary>
/// Each fault, made in network namespaces with real agents, is found and called by its name, with what mends it; and where there is
/// none, none is found (docs/doctor.md).
/// </summary>
[Collection(Networks.Name)]
public sealed partial class FaultTests(DoctorLab lab) : IClassFixture<DoctorLab>
{
    [SkippableFact]
    public async Task A_healthy_network_has_no_finding_on_either_side_and_by_no_name()
    {
        await lab.ReadyAsync();
        await lab.MeetAsync();

        foreach (var device in (TestDevice[])[lab.Alice, lab.Bob])
        {
            var report = (await Report.OfAsync(device)).IsHealthy()
                .HasOk("network_works", "multicast_works", "port_open", "device_reached", "certificate_good", "clock_right", "server_answers");
            Assert.InRange(report.Seconds, 0, 6);
        }
        foreach (var name in (string[])["bob", lab.Bob.Id[..10], $"{DoctorLab.BobAddress}:{lab.Bob.Port}"])
            (await Report.OfAsync(lab.Alice, name)).IsHealthy().HasOk("device_reached");
        (await lab.Alice.RunAsync("doctor", "dave")).EndedWith(4).Said("'dave'");
    }

    /// <summary>What Alice's doctor says by another clock.</summary>
    private async Task<Report> OfAliceAsync(TimeSpan ahead, params string[] arguments)
    {
        foreach (var (key, value) in FakeTime.Late(-ahead))
            lab.Alice.Environment[key] = value;
        try
        {
            return await Report.OfAsync(lab.Alice, arguments);
        }
        finally
        {
            lab.Alice.Environment.Clear();
        }
    }
}
