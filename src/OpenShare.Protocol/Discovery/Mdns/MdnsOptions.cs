namespace OpenShare.Protocol.Discovery.Mdns;

/// <summary>What a device announces of itself, and by which account it knows its peers.</summary>
/// <param name="DeviceName">becomes the instance's name: 1-64 printable characters</param>
/// <param name="PreviousAccount">what devices of the account announced before; null: nothing else</param>
public sealed record MdnsOptions(string DeviceName, ServiceAnnouncement Announcement, AccountHash? PreviousAccount = null)
{
    /// <summary>Where QUIC is listened for; null: nowhere, and nothing is announced of it.</summary>
    public int? QuicPort { get; init; }

    /// <summary>True for an announcement that is listened to: of the own account, or of a device that shows itself to be paired.</summary>
    internal bool IsHeard(AccountHash account) => account == Announcement.Account || account == PreviousAccount || account == AccountHash.Unpaired;
}
