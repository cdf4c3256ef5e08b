namespace OpenShare.Protocol.Discovery;

/// <summary>What a device announces of itself, and by which account it knows its peers.</summary>
/// <param name="DeviceName">becomes the instance's name: 1-64 printable characters</param>
public sealed record MdnsOptions(string DeviceName, ServiceAnnouncement Announcement);
