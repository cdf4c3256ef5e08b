using System.Collections.Immutable;
using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What is known of another device's certificate.</summary>
public enum DeviceStanding
{
    Good,
    Expired,
    Revoked,
    Duplicate,
}

/// <summary>What came of a TCP connection.</summary>
public enum Connecting
{
    NotTried,
    Connected,

    /// <summary>The host is there, and nothing listens at that port; or a firewall rejects it.</summary>
    Refused,
    NoAnswer,

    /// <summary>This host knows no way there, or lets nothing out to it.</summary>
    NoWay,

    /// <summary>Another device answers at that address now: of this one it says nothing.</summary>
    Another,
}

/// <summary>One place where a device was or is said to be, asked directly.</summary>
/// <param name="Host">whether the host itself is on this link, whatever runs there</param>
public sealed record EndPointFacts(IPEndPoint EndPoint, Connecting Connecting, Presence Host);

/// <summary>Whether the other device could connect to this one.</summary>
public enum DialBack
{
    /// <summary>It was not asked, or said nothing of it.</summary>
    Unknown,
    Reached,
    NotReached,
}

/// <summary>What came of a handshake with it.</summary>
public abstract record LinkFacts
{
    private LinkFacts() { }

    public sealed record NotTried : LinkFacts;

    public sealed record Open(DialBack DialBack) : LinkFacts;

    /// <param name="Detail">why, for a person</param>
    public sealed record Failed(string Detail) : LinkFacts;
}

/// <summary>Another device of the account, seen now or known from before.</summary>
/// <param name="Id">null: only an address is known</param>
/// <param name="IsSeen">discovery has it in sight, or its word is not two minutes old</param>
public sealed record DeviceFacts(DeviceId? Id, string Name, DeviceStanding Standing, bool IsSeen, ImmutableArray<EndPointFacts> EndPoints, LinkFacts Link)
{
    internal string Words => Id is null ? Name : $"{Name} ({Id.Value.ToString()[..8]})";

    /// <summary>It takes connections from here. A link does not show that: the other side may have made it.</summary>
    internal bool IsReached => EndPoints.Any(e => e.Connecting == Connecting.Connected);

    internal bool IsLinked => Link is LinkFacts.Open;
}
