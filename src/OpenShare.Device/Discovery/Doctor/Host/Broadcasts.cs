using System.Net;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>The address that all hosts of an IPv4 subnet hear.</summary>
internal static class Broadcasts
{
    // RFC 3021: a network of two has none.
    private const int LongestPrefix = 30;

    internal static IPAddress? Of(AddressFacts own)
    {
        if (own.PrefixLength is 0 or > LongestPrefix)
            return null;
        var bytes = own.Address.GetAddressBytes();
        for (var bit = own.PrefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
