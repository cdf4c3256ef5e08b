using System.Reflection;
using OpenShare.Agent.Tests.Support;

namespace OpenShare.Agent.Tests;

/// <summary>The walls of the house, held by machine (docs/architecture.md): which assembly may use which.</summary>
public sealed class WallTests
{
    private static readonly Assembly Device = typeof(OpenShare.Device.Hosting.IDevice).Assembly;
    private static readonly Assembly Agent = typeof(AgentLauncher).Assembly;
    private static readonly Assembly Cli = typeof(OpenShare.Cli.Invocation.Shell).Assembly;

    [Fact]
    public void The_command_line_knows_the_agent_and_nothing_behind_it() =>
        Assert.All(ReferencesOf(Cli), name => Assert.True(
            name is "OpenShare.Agent" or "System.CommandLine" or "Spectre.Console" or "QRCoder" or "zxing" or "StbImageSharp" || IsFramework(name), $"openshare must not use {name}"));

    [Fact]
    public void A_device_has_no_web_server() =>
        Assert.DoesNotContain(ReferencesOf(Device), name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name is "OpenShare.Agent" or "OpenShare.Registration");

    [Fact]
    public void An_agent_is_no_registration_service() =>
        Assert.DoesNotContain(ReferencesOf(Agent), name => name is "OpenShare.Registration" or "openshare-server" or "openshare");

    // Akka.IO is being rewritten for 1.6, and allocates what it carries; the event stream crosses from device to device.
    [Theory]
    [InlineData("Akka.IO.")]
    [InlineData("Akka.Event.EventStream")]
    public void Nobody_uses(string banned)
    {
        foreach (var assembly in (Assembly[])[Device, Agent, Cli])
            Assert.DoesNotContain(AssemblyMetadata.TypesUsedBy(assembly), type => type.StartsWith(banned, StringComparison.Ordinal));
    }

    [Fact]
    public void The_search_for_used_types_finds_what_is_used() =>
        Assert.Contains("Akka.Actor.CoordinatedShutdown", AssemblyMetadata.TypesUsedBy(Agent));

    private static IEnumerable<string> ReferencesOf(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name!);

    private static bool IsFramework(string name) => name is "netstandard" or "mscorlib" or "Microsoft.Win32.Primitives" || name.StartsWith("System.", StringComparison.Ordinal);
}
