using System.Globalization;
using System.Text;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery;

/// <summary>The TXT record of a device (protocol: v, acct_hash, dev_id, short_fp, port, news), parsed. Nothing in it is proven.</summary>
/// <param name="ShortFingerprint">the first 16 lower-case hex digits of the SHA-256 of the device's public key</param>
/// <param name="Port">1-65535</param>
/// <param name="News">null: it says nothing of it</param>
public sealed record ServiceAnnouncement(AccountHash Account, DeviceId DeviceId, string ShortFingerprint, int Port, NewsTag? News = null)
{
    public const int Version = 1;
    private const int FingerprintLength = 16;

    /// <summary>Version 1, or a later 1.x, of which nothing more is understood; any other major version is not for us.</summary>
    /// <returns>null when this is not such an announcement</returns>
    public static ServiceAnnouncement? TryRead(DnsData.Text text)
    {
        var fields = ReadFields(text.Raw.Span);
        return fields.TryGetValue("v", out var version) && version.Split('.')[0] == "1"
            && AccountHash.TryParse(fields.GetValueOrDefault("acct_hash"), out var account)
            && DeviceId.TryParse(fields.GetValueOrDefault("dev_id"), out var device)
            && fields.GetValueOrDefault("short_fp") is { Length: FingerprintLength } fingerprint && fingerprint.All(char.IsAsciiHexDigit)
            && ushort.TryParse(fields.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
                ? new ServiceAnnouncement(account, device, fingerprint.ToLowerInvariant(), port, NewsTag.TryParse(fields.GetValueOrDefault("news")))
                : null;
    }

    public DnsData.Text ToText()
    {
        string[] fields =
        [
            string.Create(CultureInfo.InvariantCulture, $"v={Version}"),
            $"acct_hash={Account}",
            $"dev_id={DeviceId}",
            $"short_fp={ShortFingerprint}",
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            .. News is { } news ? [$"news={news}"] : Array.Empty<string>(),
        ];
        return new DnsData.Text(fields.SelectMany(f => Encoding.ASCII.GetBytes(f).Prepend((byte)f.Length)).ToArray());
    }

    // Keys are case-insensitive and the first of a kind counts (RFC 6763 §6.4).
    private static Dictionary<string, string> ReadFields(ReadOnlySpan<byte> raw)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (raw.Length > 0 && raw[0] < raw.Length)
        {
            var field = Encoding.Latin1.GetString(raw.Slice(1, raw[0]));
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                fields.TryAdd(field[..equals], field[(equals + 1)..]);
            raw = raw[(1 + raw[0])..];
        }

        return fields;
    }
}
