using System.CommandLine;
using System.Diagnostics;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Registration.Commands;
using OpenShare.Registration.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace OpenShare.Registration.Tests.Deploy;

/// <summary>The files that administrators are given, as far as they can be tried here. nginx.conf is tried by ClusterTests.</summary>
public sealed class DeployTests
{
    private const string Analyze = "/usr/bin/systemd-analyze";

    [Fact]
    public void The_compose_file_starts_the_service_with_options_that_it_has_and_secrets_that_are_declared()
    {
        using var text = new StringReader(Read("compose.yaml"));
        var yaml = new YamlStream();
        yaml.Load(text);
        var (root, server) = (yaml.Documents[0].RootNode, yaml.Documents[0].RootNode["services"]["server"]);

        var command = Texts(server["command"]);
        Assert.Empty(Parse(command).Errors);
        var secrets = Texts(server["secrets"]);
        Assert.All(command.Where(c => c.Contains("/run/secrets/", StringComparison.Ordinal)), c => Assert.Contains(c.Split('/')[^1], secrets));
        Assert.All(secrets.Concat(Texts(root["services"]["database"]["secrets"])), s => Assert.NotNull(root["secrets"][s]["file"]));
        Assert.True(File.Exists(Path.Combine(Repository.Root, "src", "OpenShare.Registration", "Deploy", (string)server["build"]["context"]!, (string)server["build"]["dockerfile"]!)));
    }

    [Fact]
    public void The_image_is_built_from_what_is_there_and_runs_what_is_built()
    {
        // Lines that go on are none here: each is an instruction.
        var lines = Read("Dockerfile").Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(' ', 2)).ToList();
        Assert.All(lines, l => Assert.Contains(l[0], (string[])["FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"]));
        Assert.Equal("FROM", lines[0][0]);
        var publish = Assert.Single(lines, l => l[1].StartsWith("dotnet publish", StringComparison.Ordinal))[1].Split(' ');
        Assert.True(Directory.Exists(Path.Combine(Repository.Root, publish[2])));
        // What is said to be typed without a container makes the same program.
        Assert.Contains(string.Join(' ', publish), File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")), StringComparison.Ordinal);
        var arguments = System.Text.Json.JsonSerializer.Deserialize<string[]>(Assert.Single(lines, l => l[0] == "CMD")[1])!;
        Assert.Empty(Parse(arguments).Errors);
        // What runs is nobody who may change it.
        Assert.True(lines.FindIndex(l => l[0] == "USER") < lines.FindIndex(l => l[0] == "ENTRYPOINT"));
    }

    [SkippableFact]
    public async Task The_systemd_unit_is_sound_and_lets_the_service_do_little()
    {
        Skip.If(!File.Exists(Analyze), "systemd-analyze is not here (Debian: systemd)");
        using var directory = new TempDirectory();
        const string Program = "/opt/openshare/openshare-server";
        var unit = Read("openshare-server.service");
        var command = unit.Split('\n').Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');
        Assert.Equal(Program, command[0]);
        Assert.Empty(Parse(command[1..]).Errors);

        var file = directory.File("openshare-server.service");
        await File.WriteAllTextAsync(file, unit.Replace(Program, Path.Combine(AppContext.BaseDirectory, "openshare-server"), StringComparison.Ordinal));
        Assert.Equal((0, ""), await AnalyzeAsync("verify", "--man=no", file));
        Assert.Equal(0, (await AnalyzeAsync("security", "--offline=true", "--threshold=20", file)).Status);
        // A unit without what keeps it in is found out.
        await File.WriteAllTextAsync(file, unit.Replace("ProtectSystem", "#", StringComparison.Ordinal).Replace("SystemCallFilter", "#", StringComparison.Ordinal).Replace("Capability", "#", StringComparison.Ordinal));
        Assert.NotEqual(0, (await AnalyzeAsync("security", "--offline=true", "--threshold=20", file)).Status);
    }

    private static ParseResult Parse(IReadOnlyList<string> arguments) => CommandLine.CreateRoot(new Person(TextReader.Null, TextWriter.Null)).Parse(arguments);

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, "src", "OpenShare.Registration", "Deploy", file));

    private static List<string> Texts(YamlNode node) => [.. ((YamlSequenceNode)node).Select(n => (string)n!)];

    private static async Task<(int Status, string Output)> AnalyzeAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Analyze, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
