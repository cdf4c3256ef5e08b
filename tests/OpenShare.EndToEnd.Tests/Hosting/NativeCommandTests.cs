using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Hosting;

/// <summary>The command that is compiled natively (ADR 0033), where there is no runtime that it could become the whole program with.</summary>
[Collection(Processes.Name)]
public sealed class NativeCommandTests(SharedPair shared) : IClassFixture<SharedPair>
{
    private static readonly string[] WithoutDotnet = ["/usr/bin/env", "PATH=/nowhere"];

    [SkippableFact]
    public async Task Where_an_agent_runs_it_needs_none()
    {
        SkipUnlessNative();
        var pair = await shared.ReadyAsync();
        var file = pair.File("sent natively", Samples.MiB);

        Assert.Equal(pair.Alice.Id, (await RunAsync(pair.Alice.Home, "status", "--json")).EndedWith(0).Json.Text("device_id"));
        (await RunAsync(pair.Alice.Home, "send", file, "--to", pair.Bob.Id)).EndedWith(0);

        Samples.AssertSame(file, pair.Bob.Received("sent natively"));
    }

    [SkippableFact]
    public async Task Where_none_runs_it_says_what_is_missing()
    {
        SkipUnlessNative();
        using var folder = new TemporaryFolder();

        (await RunAsync(folder.Path, "status")).EndedWith(1).Said("dotnet cannot be run");
    }

    [SkippableTheory]
    [InlineData("1", "status")]
    [InlineData("1", "register", "--server", "https://127.0.0.1:9", "--token", "t")]
    [InlineData("", "agent")]
    [InlineData("", "send", "/etc/hostname", "--to", "bob")]
    public async Task What_soon_ends_is_compiled_quickly_and_what_goes_on_well(string quick, params string[] arguments)
    {
        SkipUnlessNative();
        using var folder = new TemporaryFolder();
        var dotnet = folder["dotnet"];
        await File.WriteAllTextAsync(dotnet, "#!/bin/sh\necho \"quick: $DOTNET_TC_QuickJit\"\n");
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        using var command = RunningProcess.Start(Checkout.OpenShare, ["--home", folder["home"], .. arguments], within: ["/usr/bin/env", "--unset=DOTNET_TC_QuickJit", $"PATH={folder.Path}:/bin"]);

        (await command.EndAsync()).EndedWith(0);
        Assert.Equal([$"quick: {quick}"], command.Output);
    }

    private static void SkipUnlessNative() => Skip.IfNot(Checkout.IsNative, "openshare is not compiled natively here");

    private static async Task<CommandResult> RunAsync(string home, params string[] arguments)
    {
        using var command = RunningProcess.Start(Checkout.OpenShare, ["--home", home, .. arguments], within: WithoutDotnet);
        return await command.EndAsync();
    }
}
