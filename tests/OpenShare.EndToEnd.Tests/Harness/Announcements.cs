using System.Net;
using OpenShare.Protocol.Discovery.Dns;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Announcements that no agent made.</summary>
internal static class Announcements
{
    private const uint Seconds = 120;

    /// <param name="name">of the instance and of its host</param>
    /// <param name="text">what it says of itself</param>
    internal static byte[] Of(string name, DnsData.Text text, ushort port, IPAddress address)
    {
        var type = DnsName.Of("_openshare", "_tcp", "local");
        var (instance, host) = (DnsName.Of([name, .. type.Labels]), DnsName.Of(name, "local"));
        return new DnsMessage
        {
            IsResponse = true,
            Answers =
            [
                new DnsRecord(type, new DnsData.Pointer(instance), Seconds),
                new DnsRecord(instance, new DnsData.Service(0, 0, port, host), Seconds, CacheFlush: true),
                new DnsRecord(instance, text, Seconds, CacheFlush: true),
                new DnsRecord(host, new DnsData.Address(address), Seconds, CacheFlush: true),
            ],
        }.Encode();
    }
}
