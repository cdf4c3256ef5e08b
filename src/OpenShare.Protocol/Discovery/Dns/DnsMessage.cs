using System.Collections.Immutable;

namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>A multicast DNS message (RFC 6762 §18). Records and questions of another class than IN are left out.</summary>
public sealed record DnsMessage
{
    /// <summary>0 but in a legacy unicast query and its answer (RFC 6762 §6.7).</summary>
    public ushort Id { get; init; }

    /// <summary>An answer or announcement; else a query.</summary>
    public bool IsResponse { get; init; }

    /// <summary>More known answers follow in another message (RFC 6762 §7.2).</summary>
    public bool IsTruncated { get; init; }

    /// <summary>False for any opcode or response code but 0: such messages are to be ignored (RFC 6762 §18.3, §18.11).</summary>
    public bool IsPlain { get; init; } = true;

    public ImmutableArray<DnsQuestion> Questions { get; init; } = [];

    public ImmutableArray<DnsRecord> Answers { get; init; } = [];

    /// <summary>In a probe: what the prober is about to claim (RFC 6762 §8.1).</summary>
    public ImmutableArray<DnsRecord> Authorities { get; init; } = [];

    public ImmutableArray<DnsRecord> Additionals { get; init; } = [];

    /// <summary>Answers and additionals: what a response says, wherever it stands.</summary>
    internal IEnumerable<DnsRecord> Said => Additionals.IsEmpty ? Answers : Answers.Concat(Additionals);

    /// <summary>Questions and records.</summary>
    internal int Length => Questions.Length + Answers.Length + Authorities.Length + Additionals.Length;

    public byte[] Encode() => DnsWriter.Write(this);

    /// <exception cref="Identity.ProtocolException">not a DNS message, or beyond <see cref="DnsLimits"/></exception>
    public static DnsMessage Decode(ReadOnlySpan<byte> bytes) => DnsReader.Read(bytes);
}
