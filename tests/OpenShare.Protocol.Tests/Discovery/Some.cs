using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery;

/// <summary>Values for tests of discovery that say nothing about how they came to be.</summary>
internal static class Some
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static AccountHash Account { get; } = AccountHash.FromKey(new byte[32]);

    internal static AccountHash OtherAccount { get; } = AccountHash.FromKey([.. Enumerable.Repeat((byte)1, 32)]);

    internal static DeviceId Device(int number) => DeviceId.FromBytes([(byte)(number >> 8), (byte)number, .. new byte[14]]);

    internal static MdnsOptions Options(int number, string? name = null, AccountHash? account = null, int port = 4000) =>
        new(name ?? $"device {number}", new ServiceAnnouncement(account ?? Account, Device(number), number.ToString("x16", CultureInfo.InvariantCulture), port));

    internal static MdnsInterface Network(int host, int index = 2) =>
        new(index, $"eth{index}", IsLoopback: false, [IPAddress.Parse($"10.0.{index}.{host}"), IPAddress.Parse($"fe80::{index}:{host}")]);

    internal sealed class Random(int seed) : IRandomSource
    {
        private readonly System.Random _random = new(seed);

        public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
    }

    internal static IPEndPoint Mdns(IPAddress address) => new(address, MdnsMachine.Port);

    internal static ImmutableArray<T> Of<T>(this IEnumerable<MdnsEffect> effects) where T : MdnsEffect => [.. effects.OfType<T>()];
}
