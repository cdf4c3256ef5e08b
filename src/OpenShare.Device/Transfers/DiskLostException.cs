namespace OpenShare.Device.Transfers;

/// <summary>What a session writes to does not answer any more: it is not gone on with.</summary>
/// <param name="hasHeld">something had become durable there in this session</param>
internal sealed class DiskLostException(string message, bool hasHeld) : Exception(message)
{
    internal bool HasHeld { get; } = hasHeld;
}
