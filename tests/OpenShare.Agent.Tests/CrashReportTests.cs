using OpenShare.Agent.Hosting;
using OpenShare.Agent.Tests.Support;
using Serilog;

namespace OpenShare.Agent.Tests;

/// <summary>What an agent that nobody watches leaves to be read.</summary>
public sealed class CrashReportTests : IDisposable
{
    private readonly TestHome _home = new();

    private string[] Reports => [.. Directory.GetFiles(Path.Combine(_home.Home, "crashes"), "*.txt").Order()];

    [Fact]
    public void A_report_says_when_and_what_without_a_token_and_is_told_of_once()
    {
        using var crashes = new CrashReports(_home.Home, TimeProvider.System);
        Assert.Null(crashes.TakeUntold());
        crashes.Write("System.InvalidOperationException: no good: ost1_SECRETsecret-1 was bad\n   at Some.Place()");

        var told = crashes.TakeUntold()!;

        Assert.Equal("System.InvalidOperationException: no good: (a token) was bad", told.What);
        Assert.InRange(told.At, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        var text = File.ReadAllText(told.Report);
        Assert.StartsWith("OpenShare ", text, StringComparison.Ordinal);
        Assert.Contains("at Some.Place()", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal);
        Assert.Null(crashes.TakeUntold());
    }

    [Fact]
    public async Task There_are_few_and_the_newest_stay()
    {
        using var crashes = new CrashReports(_home.Home, TimeProvider.System);
        for (var n = 0; n < CrashReports.Most + 3; n++)
        {
            crashes.Write($"number {n}{new string('x', 100_000)}");
            await Task.Delay(2);
        }

        Assert.Equal(CrashReports.Most, Reports.Length);
        Assert.StartsWith("number 7x", File.ReadLines(Reports[^1]).Skip(2).First(), StringComparison.Ordinal);
        Assert.All(Reports, file => Assert.InRange(new FileInfo(file).Length, 1, 66_000));
    }

    [Fact]
    public async Task A_device_that_gives_up_leaves_one_and_the_next_agent_tells_of_it()
    {
        var ended = new TaskCompletionSource();
        var options = TestAgent.Options(_home.Home) with { ServesPages = true };
        await using (var agent = await AgentHosting.LauncherOf(new FakeDevice { Ended = ended.Task }.Start).HostAsync(options, CancellationToken.None))
        {
            Assert.Null((await agent.Client.GetStatusAsync(CancellationToken.None)).Crash);
            ended.SetResult();
            await Until.TrueAsync(() => agent.Stopped.IsCancellationRequested, "the agent stops");
        }
        Environment.ExitCode = 0;

        await using var next = await AgentHosting.LauncherOf(new FakeDevice().Start).HostAsync(options, CancellationToken.None);
        Assert.StartsWith("The device stopped by itself", (await next.Client.GetStatusAsync(CancellationToken.None)).Crash!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Logs_are_a_few_files_that_are_not_large_and_none_before_there_is_something_to_say()
    {
        var (options, folder) = (TestAgent.Options(_home.Home) with { KeepsLogs = true }, Path.Combine(_home.Home, "logs"));
        using (var log = AgentLogging.ToFiles(new LoggerConfiguration(), options).CreateLogger())
        {
            Assert.False(Directory.Exists(folder) && Directory.GetFiles(folder).Length > 0);
            for (var n = 0; n < 7 * 1024; n++)
                log.Warning("{Words}", new string('x', 1000));
        }

        var files = Directory.GetFiles(folder);
        Assert.Equal(AgentLogging.Most, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, AgentLogging.Longest + 2000));
    }

    [Fact]
    public void A_service_keeps_logs_and_a_command_does_not()
    {
        Assert.False(TestAgent.Options(_home.Home).KeepsLogs);
        Assert.True(AgentSettings.Read(_home.Home, [], AgentReach.Network, new Dictionary<string, string?> { ["INVOCATION_ID"] = "1" }).KeepsLogs);
    }

    public void Dispose() => _home.Dispose();
}
