using System.Reflection;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests;

/// <summary>The walls of the house, held by machine (docs/architecture.md).</summary>
public sealed class WallTests
{
    private static readonly string[] Allowed = ["NSec.Cryptography", "Google.Protobuf"];

    // Assemblies of the framework that would let IO in.
    private static readonly string[] Forbidden = ["System.Net.Sockets", "System.Net.Http", "System.Net.Quic", "System.IO.FileSystem", "System.Diagnostics.Process"];

    [Fact]
    public void Protocol_refers_to_the_framework_and_two_libraries_only()
    {
        var references = typeof(Protocol.Identity.DeviceId).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();

        Assert.Contains("Google.Protobuf", references);
        Assert.All(references, name => Assert.True(
            Allowed.Contains(name) || (name.StartsWith("System.", StringComparison.Ordinal) && !Forbidden.Contains(name)), $"OpenShare.Protocol must not use {name}"));
    }

    [Fact]
    public void Protocol_uses_no_clock_no_randomness_no_task_no_file_and_no_socket() =>
        Assert.Empty(BannedSymbols.In(typeof(Protocol.Identity.DeviceId).Assembly.Location));

    [Fact]
    public void The_search_for_banned_symbols_finds_those_planted_here()
    {
        var found = BannedSymbols.In(typeof(PlantedViolations).Assembly.Location).Select(hit => hit.Symbol).ToHashSet();
        Assert.All(PlantedViolations.Symbols, symbol => Assert.Contains(symbol, found));
    }

    /// <summary>The analyzer passes over a name it cannot resolve: a misspelt ban would ban nothing.</summary>
    [Fact]
    public void Every_banned_symbol_exists()
    {
        var types = new[] { typeof(object), typeof(Console), typeof(System.Net.Sockets.Socket), typeof(HttpClient), typeof(System.Net.Dns), typeof(System.Diagnostics.Process), typeof(NSec.Cryptography.Key), typeof(System.Security.Cryptography.SHA256) }
            .SelectMany(type => type.Assembly.GetExportedTypes()).ToLookup(type => type.FullName);
        const BindingFlags Any = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;
        Assert.True(BannedSymbols.All.Count > 20);
        Assert.All(BannedSymbols.All, symbol =>
        {
            var name = symbol[2..].Split('(')[0];
            var dot = name.LastIndexOf('.');
            Assert.True(symbol[0] switch
            {
                'T' => types.Contains(name),
                'N' => types.Any(type => type.Key!.StartsWith(name + ".", StringComparison.Ordinal)),
                'P' => types[name[..dot]].Any(type => type.GetProperty(name[(dot + 1)..], Any) is not null),
                'M' => types[name[..dot]].SelectMany(type => type.GetMethods(Any)).Any(method => method.Name == name[(dot + 1)..]),
                _ => false,
            }, $"{symbol} is nothing");
        });
    }
}
