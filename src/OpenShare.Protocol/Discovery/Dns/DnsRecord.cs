using System.Collections.Immutable;
using System.Net;

namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>The record types this program speaks; others are carried as numbers.</summary>
public enum DnsType : ushort
{
    None = 0,
    A = 1,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Nsec = 47,
    Any = 255,
}

/// <summary>A question of class IN.</summary>
/// <param name="WantsUnicast">the QU bit (RFC 6762 §5.4)</param>
public sealed record DnsQuestion(DnsName Name, DnsType Type, bool WantsUnicast = false);

/// <summary>A resource record of class IN.</summary>
/// <param name="Ttl">seconds; 0 says goodbye</param>
/// <param name="CacheFlush">this replaces older records of its name and type (RFC 6762 §10.2)</param>
public sealed record DnsRecord(DnsName Name, DnsData Data, uint Ttl, bool CacheFlush = false)
{
    public DnsType Type => Data.Type;

    /// <summary>True when both say the same, whatever their time to live.</summary>
    public bool SaysSameAs(DnsRecord other) => Name == other.Name && Data == other.Data;
}

/// <summary>What a record says.</summary>
public abstract record DnsData
{
    private DnsData() { }

    public abstract DnsType Type { get; }

    /// <summary>An A or AAAA record, by the address's family.</summary>
    public sealed record Address(IPAddress Value) : DnsData
    {
        private const int LengthOfV4 = 4;
        private const int LengthOfV6 = 16;

        /// <summary>Without a scope id, which is this host's own affair and does not travel.</summary>
        public IPAddress Value { get; } = Length(Value) == LengthOfV6 && Value.ScopeId != 0 ? new IPAddress(Value.GetAddressBytes()) : Value;

        public override DnsType Type { get; } = Length(Value) == LengthOfV4 ? DnsType.A : DnsType.Aaaa;

        private static int Length(IPAddress address)
        {
            Span<byte> bytes = stackalloc byte[LengthOfV6];
            return address.TryWriteBytes(bytes, out var length) ? length : 0;
        }
    }

    public sealed record Pointer(DnsName Target) : DnsData
    {
        public override DnsType Type => DnsType.Ptr;
    }

    public sealed record Service(ushort Priority, ushort Weight, ushort Port, DnsName Target) : DnsData
    {
        public override DnsType Type => DnsType.Srv;
    }

    /// <param name="Raw">the strings, each after its length byte (RFC 1035 §3.3.14)</param>
    public sealed record Text(ReadOnlyMemory<byte> Raw) : DnsData
    {
        public override DnsType Type => DnsType.Txt;

        public bool Equals(Text? other) => other is not null && Raw.Span.SequenceEqual(other.Raw.Span);

        public override int GetHashCode() => Raw.Length;
    }

    /// <summary>There are no other records of its name than of these types (RFC 6762 §6.1).</summary>
    /// <param name="Next">in multicast DNS the record's own name</param>
    /// <param name="Types">below 256, ascending, each once</param>
    public sealed record NoOthers(DnsName Next, ImmutableArray<DnsType> Types) : DnsData
    {
        public override DnsType Type => DnsType.Nsec;

        public bool Equals(NoOthers? other) => other is not null && Next == other.Next && Types.SequenceEqual(other.Types);

        public override int GetHashCode() => Next.GetHashCode();
    }

    /// <summary>A type this program does not speak, or a form of one that it does not. Names inside are not uncompressed, so it cannot be sent on.</summary>
    public sealed record Other(DnsType OtherType, ReadOnlyMemory<byte> Raw) : DnsData
    {
        public override DnsType Type => OtherType;

        public bool Equals(Other? other) => other is not null && OtherType == other.OtherType && Raw.Span.SequenceEqual(other.Raw.Span);

        public override int GetHashCode() => Raw.Length;
    }
}
