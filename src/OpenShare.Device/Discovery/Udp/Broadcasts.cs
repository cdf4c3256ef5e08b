using System.Net;
using System.Net.Sockets;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>The address that all hosts of an IPv4 network hear.</summary>
internal static class Broadcasts
{
    // RFC 3021: a network of two has none.
    private const int LongestPrefix = 30;

    /// <returns>null where there is none</returns>
    internal static IPAddress? Of(IPAddress own, int prefixLength)
    {
        if (own.AddressFamily != AddressFamily.InterNetwork || prefixLength is <= 0 or > LongestPrefix)
            return null;
        var bytes = own.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
