using System.Text.RegularExpressions;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Pairing;

/// <summary>Two persons at two terminals, who compare what their screens show.</summary>
[Collection(Networks.Name)]
public sealed partial class ComparisonTests(SharedServer shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Lan? _lan;

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice") { Listen = "[::]" };

    private TestDevice Tablet => field ??= new TestDevice(_folder.Path, "tablet") { Listen = "[::]" };

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_that_shows_itself_is_chosen_from_a_list_and_no_code_is_typed(bool isMulticastBlocked)
    {
        var lan = await MadeAsync();
        if (isMulticastBlocked)
            await lan.FilterAsync("udp dport 5353 drop");
        using var show = Tablet.AtTerminal("pair", "show");
        await show.LineAsync("that it waits", line => line.Contains("Waiting for a registered device", StringComparison.Ordinal));
        await Alice.CallsAsync(Tablet, "unpaired");
        Assert.Equal(isMulticastBlocked ? "broadcast" : "mdns", (await Alice.PeerAsync(Tablet))!.Value.Text("found_by"));

        using var invite = Alice.AtTerminal("pair", "invite");
        await invite.LineAsync("the list", line => line.Contains(Tablet.Id[..8], StringComparison.Ordinal));
        invite.WriteLine("1");
        Assert.Equal(await CodeAsync(show), await CodeAsync(invite));
        show.WriteLine("yes");
        invite.WriteLine("yes");

        Assert.Contains("Paired by alice", (await show.EndAsync()).EndedWith(0).Output, StringComparison.Ordinal);
        (await invite.EndAsync()).EndedWith(0);
        await Alice.CallsAsync(Tablet, "provisional");
        await Tablet.CallsAsync(Alice, "certified");
        var file = Samples.MakeFile(_folder["to-tablet"], Samples.MiB);
        (await Alice.SendAsync(Tablet, file)).EndedWith(0);
        Samples.AssertSame(file, Tablet.Received("to-tablet"));
    }

    [SkippableFact]
    [Trait("Length", "Long")]
    public async Task One_persons_no_ends_it_at_the_others_terminal_as_well()
    {
        await MadeAsync();
        using var show = Tablet.AtTerminal("pair", "show");
        await show.LineAsync("that it waits", line => line.Contains("Waiting for a registered device", StringComparison.Ordinal));
        await Alice.CallsAsync(Tablet, "unpaired");
        using var invite = Alice.AtTerminal("pair", "invite", Tablet.Id[..8]);
        Assert.Equal(await CodeAsync(show), await CodeAsync(invite));
        invite.WriteLine("");
        (await invite.EndAsync()).EndedWith(3);
        Assert.Contains("Nobody at alice said", (await show.EndAsync()).EndedWith(3).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task With_a_token_both_screens_show_the_same_and_Enter_is_no()
    {
        await MadeAsync();
        var code = (await Tablet.RunAsync("pair", "show", "--json")).EndedWith(0).Json.Text("code")!;
        foreach (var (typed, exit, words) in new[] { ("", 3, "Not paired"), ("yes", 0, "Paired") })
        {
            using var invite = Alice.AtTerminal("pair", "invite", code);
            var token = (await invite.LineAsync("the token", line => line.Contains("osp1_", StringComparison.Ordinal))).Trim().Split(' ')[^1];
            using var join = Tablet.AtTerminal("pair", "join", token);
            Assert.Equal(await CodeAsync(join), await CodeAsync(invite));
            join.WriteLine(typed);
            (await join.EndAsync()).EndedWith(exit);
            Assert.Contains(words, (await invite.EndAsync()).EndedWith(exit).Output, StringComparison.Ordinal);
        }
        await Alice.CallsAsync(Tablet, "provisional");
    }

    private static async Task<string> CodeAsync(RunningProcess command) => (await command.LineAsync("the code", line => Code().IsMatch(line))).Trim();

    [GeneratedRegex(@"^\s+\d{3} \d{3}\s*$")]
    private static partial Regex Code();

    private async Task<Lan> MadeAsync()
    {
        var lan = _lan = await Lan.CreateAsync();
        await lan.AddHostAsync("alice", "10.77.0.1");
        await lan.AddHostAsync("tablet", "10.77.0.2");
        (Alice.AgentWithin, Tablet.AgentWithin) = (lan.Within("alice"), lan.Within("tablet"));
        await Alice.RegisterAsync(shared.Server, $"account-{Guid.NewGuid():N}"[..20]);
        await Task.WhenAll(Alice.StartAgentAsync(), Tablet.StartUnregisteredAgentAsync());
        return lan;
    }

    public void Dispose()
    {
        Alice.Dispose();
        Tablet.Dispose();
        _lan?.Dispose();
        _folder.Dispose();
    }
}
