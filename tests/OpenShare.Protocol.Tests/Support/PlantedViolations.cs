using System.Net.Sockets;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>What OpenShare.Protocol must never do, done here on purpose: a search that does not find these finds nothing.</summary>
internal static class PlantedViolations
{
    /// <summary>The banned symbols that the methods below use.</summary>
    internal static readonly string[] Symbols = [
        "T:System.DateTime", "P:System.DateTimeOffset.UtcNow", "T:System.Diagnostics.Stopwatch", "T:System.Random", "M:System.Guid.NewGuid",
        "T:System.Security.Cryptography.RandomNumberGenerator", "T:System.Threading.Tasks.Task", "N:System.IO", "N:System.Net.Sockets", "T:System.Environment"];

    internal static object[] Time() => [DateTime.UtcNow, DateTimeOffset.UtcNow, System.Diagnostics.Stopwatch.GetTimestamp()];

    internal static object[] Randomness() => [Random.Shared.Next(), Guid.NewGuid(), System.Security.Cryptography.RandomNumberGenerator.GetBytes(1)];

    internal static Task Waiting() => Task.CompletedTask;

    internal static object[] Outside() => [File.Exists("/"), new Socket(SocketType.Stream, ProtocolType.Tcp), Environment.MachineName];
}
