using System.Security.Cryptography;
using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Hosting;

/// <summary>The operating system's generator.</summary>
internal sealed class SystemRandom : IRandomSource
{
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
