using System.Numerics;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>X25519 as RFC 7748 §5 writes it, on big integers: slow, and independent of the library under test.</summary>
internal static class X25519Reference
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    internal static byte[] PublicKey(byte[] privateKey) => Agree(privateKey, [9, .. new byte[31]]);

    internal static byte[] Agree(byte[] privateKey, byte[] peer)
    {
        byte[] scalar = [.. privateKey], point = [.. peer];
        scalar[0] &= 248;
        scalar[31] = (byte)(scalar[31] & 127 | 64);
        point[31] &= 127;
        var k = new BigInteger(scalar, isUnsigned: true);
        var x1 = new BigInteger(point, isUnsigned: true);
        BigInteger x2 = 1, z2 = 0, x3 = x1, z3 = 1;
        for (var t = 254; t >= 0; t--)
        {
            var bit = (k >> t) % 2 == 1;
            if (bit)
                (x2, x3, z2, z3) = (x3, x2, z3, z2);
            BigInteger a = x2 + z2, b = x2 - z2, da = (x3 - z3) * a, cb = (x3 + z3) * b, e = a * a - b * b;
            (x3, z3) = ((da + cb) * (da + cb) % P, x1 * (da - cb) * (da - cb) % P);
            (x2, z2) = (a * a * b * b % P, e * (a * a + 121665 * e) % P);
            if (bit)
                (x2, x3, z2, z3) = (x3, x2, z3, z2);
        }
        var u = x2 * BigInteger.ModPow(z2, P - 2, P) % P;
        var bytes = ((u + P) % P).ToByteArray(isUnsigned: true);
        return [.. bytes, .. new byte[32 - bytes.Length]];
    }
}
