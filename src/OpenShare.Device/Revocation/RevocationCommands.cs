
namespace OpenShare.Device.Revocation;

/// <summary>Told to the device's <c>revocation</c> actor.</summary>
public static class RevocationCommands
{
    /// <summary>Asks the registration service for the newest list now. Answer: <see cref="RevocationRefresh"/>.</summary>
    public sealed record Refresh;

    /// <summary>Answer: <see cref="RevocationView"/>.</summary>
    public sealed record GetRevocation;
}
