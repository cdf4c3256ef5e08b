namespace OpenShare.Protocol.Discovery.Dns;

/// <summary>What the decoder accepts at most; checked before anything is allocated for the value.</summary>
public static class DnsLimits
{
    /// <summary>Bytes of one message (RFC 6762 §17).</summary>
    public const int Message = 9000;

    /// <summary>Bytes of an NSEC record's bitmap (RFC 6762 §6.1).</summary>
    public const int TypeBytes = 32;

    /// <summary>Bytes of one label (RFC 1035 §2.3.4).</summary>
    public const int Label = 63;

    /// <summary>Bytes of one name as it travels uncompressed, its length bytes and final zero included (RFC 1035 §2.3.4).</summary>
    public const int Name = 255;

    /// <summary>Questions of one message.</summary>
    public const int Questions = 256;

    /// <summary>Records of one message, its three sections together.</summary>
    public const int Records = 512;
}
