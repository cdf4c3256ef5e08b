using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Pairing;

/// <summary>What the shell tells a <see cref="JoinMachine"/>.</summary>
public abstract record JoinInput
{
    private JoinInput() { }

    /// <summary>A person wants this device to be paired, or a sponsor that found it on the network offers to.</summary>
    /// <param name="Trust">the organisation's keys, where this device knows them already</param>
    /// <param name="Fingerprint">of the sponsor's key (32 hex digits), where a person has compared it; null: nobody has</param>
    public sealed record Begin(PairingToken Token, PublicKey Key, TrustRoot? Trust, RevocationList? Revoked, string? Fingerprint) : JoinInput
    {
        /// <summary>That this device belonged to last; null: none.</summary>
        public AccountId? Account { get; init; }

        /// <summary>Where this device listens; 0: nowhere.</summary>
        public int Port { get; init; }

        /// <summary>Somebody is at the screen who can compare the short code.</summary>
        public bool IsAttended { get; init; }

        /// <summary>Who is at the other end of the connection on which the token came; null: it came another way, and the sponsor is dialled.</summary>
        public Caller? OfferedBy { get; init; }
    }

    /// <param name="Device">that has proven its key</param>
    public sealed record Caller(DeviceId Device, SessionId Session);

    /// <summary>The sponsor is there, and has proven its key.</summary>
    public sealed record Connected(SessionId Session) : JoinInput;

    /// <summary>The handshake was refused, by the one side or the other, and why.</summary>
    public sealed record HandshakeRefused(RefusalCode Code, string Detail) : JoinInput;

    /// <summary>Nobody was reached, or the connection broke.</summary>
    public sealed record Cut(string Detail) : JoinInput;

    /// <summary>The sponsor said something.</summary>
    public sealed record Heard(Control Message) : JoinInput;

    /// <summary>What the person says of the two screens.</summary>
    public sealed record Compared(bool IsSame) : JoinInput;

    /// <summary>The certificate is on disk and in force.</summary>
    public sealed record Stored : JoinInput;

    public sealed record NotStored(string Detail) : JoinInput;
}
