using System.Runtime.InteropServices;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>What this program tells the registration service about itself.</summary>
internal static class ThisProgram
{
    internal static DevicePlatform Platform { get; } =
        new(RuntimeInformation.RuntimeIdentifier, typeof(ThisProgram).Assembly.GetName().Version!.ToString(3));
}
