using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>
/// What this device claims: its instance name, the device's name with " (2)" behind it where another device has
/// it; and its host name. The host name is its own and not the machine's, so that several agents and Avahi on one
/// machine never fight over a name.
/// </summary>
internal sealed record OwnService(MdnsOptions Options, int InstanceTry = 1, int HostTry = 1)
{
    /// <summary>Addresses of one interface that are announced: they fit one packet.</summary>
    internal const int Addresses = 16;

    internal static readonly DnsName Type = DnsName.Of("_openshare", "_tcp", "local");

    /// <summary>Announced beside the other where QUIC is listened for, for whoever looks with another program: devices tell each other over their link.</summary>
    internal static readonly DnsName QuicType = DnsName.Of("_openshare", "_udp", "local");
    internal static readonly DnsName Enumeration = DnsName.Of("_services", "_dns-sd", "_udp", "local");

    internal string Name { get; } = NameFor(Options.DeviceName, InstanceTry);

    internal DnsName Instance { get; } = DnsName.Of([NameFor(Options.DeviceName, InstanceTry), .. Type.Labels]);

    internal DnsName QuicInstance { get; } = DnsName.Of([NameFor(Options.DeviceName, InstanceTry), .. QuicType.Labels]);

    internal DnsName Host { get; } = DnsName.Of(
        $"openshare-{Options.Announcement.DeviceId.ToString()[..8]}{(HostTry == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{HostTry}"))}", "local");

    /// <summary>The names no other device may have: what is probed for.</summary>
    internal ImmutableArray<DnsName> Names => Options.QuicPort is null ? [Instance, Host] : [Instance, QuicInstance, Host];

    internal bool IsInstance(DnsName name) => name == Instance || (Options.QuicPort is not null && name == QuicInstance);

    private readonly DnsData.Text _text = Options.Announcement.ToText();

    internal OwnService WithOtherNames(bool instance, bool host) =>
        new(Options, InstanceTry + (instance ? 1 : 0), HostTry + (host ? 1 : 0));

    /// <summary>What is announced on this interface.</summary>
    internal ImmutableArray<DnsRecord> Records(MdnsInterface network) =>
    [
        new(Type, new DnsData.Pointer(Instance), MdnsTimes.TimeToLive),
        .. Options.QuicPort is null ? ImmutableArray<DnsRecord>.Empty : [new DnsRecord(QuicType, new DnsData.Pointer(QuicInstance), MdnsTimes.TimeToLive)],
        .. Unique(network),
    ];

    /// <summary>Answered when asked for, on top of what is announced: which kinds of service are here (RFC 6763 §9).</summary>
    internal ImmutableArray<DnsRecord> Kinds { get; } = Options.QuicPort is null ? [KindOf(Type)] : [KindOf(Type), KindOf(QuicType)];

    private static DnsRecord KindOf(DnsName type) => new(Enumeration, new DnsData.Pointer(type), MdnsTimes.TimeToLive);

    /// <summary>The records under these names: what a probe claims.</summary>
    internal ImmutableArray<DnsRecord> Unique(MdnsInterface network) =>
    [
        .. At(Instance, Options.Announcement.Port),
        .. Options.QuicPort is { } port ? At(QuicInstance, port) : [],
        .. network.Addresses.Take(Addresses).Select(a => new DnsRecord(Host, new DnsData.Address(a), MdnsTimes.TimeToLive, CacheFlush: true)),
    ];

    /// <summary>Of each of these names, that it has no other records (RFC 6762 §6.1).</summary>
    internal ImmutableArray<DnsRecord> NoOthers(MdnsInterface network)
    {
        var unique = Unique(network);
        return
        [
            .. Names.Select(name => new DnsRecord(
                name, new DnsData.NoOthers(name, [.. unique.Where(r => r.Name == name).Select(r => r.Type).Distinct().Order()]), MdnsTimes.TimeToLive, CacheFlush: true)),
        ];
    }

    private IEnumerable<DnsRecord> At(DnsName instance, int port) =>
    [
        new(instance, new DnsData.Service(0, 0, (ushort)port, Host), MdnsTimes.TimeToLive, CacheFlush: true),
        new(instance, _text, MdnsTimes.TimeToLive, CacheFlush: true),
    ];

    // A label is at most 63 bytes; the name gives way to its number, at a whole character.
    private static string NameFor(string deviceName, int attempt)
    {
        var suffix = attempt == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({attempt})");
        var name = new StringBuilder();
        var room = DnsLimits.Label - suffix.Length;
        foreach (var rune in deviceName.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
                break;
            name.Append(rune.ToString());
        }

        return name.Append(suffix).ToString();
    }
}
