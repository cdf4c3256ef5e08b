using System.Security.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Hosting;

/// <summary>The operating system's random generator.</summary>
public sealed class SystemRandom : IRandomSource
{
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
