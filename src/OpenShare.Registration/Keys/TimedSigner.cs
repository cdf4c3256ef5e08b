using System.Diagnostics;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Telemetry;

namespace OpenShare.Registration.Keys;

/// <summary>A signer whose time is taken.</summary>
internal sealed class TimedSigner(ISigner signer, string role) : ISigner
{
    public PublicKey PublicKey => signer.PublicKey;

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return signer.Sign(data);
        }
        finally
        {
            ServiceMetrics.Signed(role, Stopwatch.GetElapsedTime(began));
        }
    }
}
