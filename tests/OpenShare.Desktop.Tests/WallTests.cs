namespace OpenShare.Desktop.Tests;

public sealed class WallTests
{
    [Fact]
    public void The_desktop_knows_the_agent_and_nothing_behind_it() =>
        Assert.All(typeof(DesktopCommand).Assembly.GetReferencedAssemblies().Select(a => a.Name!), name => Assert.True(
            name is "OpenShare.Agent" or "System.CommandLine" or "Microsoft.Win32.Primitives" || name.StartsWith("System.", StringComparison.Ordinal),
            $"openshare-desktop must not use {name}"));
}
