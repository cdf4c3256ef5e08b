using OpenShare.Protocol.Handshake;

namespace OpenShare.Protocol.Channel;

/// <summary>
/// The secrets of one authenticated session: the keys of its control stream, and the join secret from which
/// further streams take theirs. Prints as its id.
/// </summary>
public sealed class Session
{
    /// <summary>Streams that may join it in its life: a new session is one reconnect away.</summary>
    public const int MostStreams = 65_536;

    private readonly byte[] _initiatorKey;
    private readonly byte[] _responderKey;

    internal Session(SessionId id, HandshakeRole role, byte[] joinSecret, byte[] initiatorKey, byte[] responderKey)
    {
        Id = id;
        Role = role;
        JoinSecret = joinSecret;
        _initiatorKey = initiatorKey;
        _responderKey = responderKey;
    }

    public SessionId Id { get; }

    /// <summary>Which side of the handshake this device was: the initiator dialled, and dials further streams.</summary>
    public HandshakeRole Role { get; }

    internal byte[] JoinSecret { get; }

    /// <summary>The ids that joined streams have used up.</summary>
    internal StreamIds Streams { get; } = new();

    /// <summary>Record protection for the control stream. Called once: a second channel would repeat nonces.</summary>
    public SecureChannel OpenControlChannel()
    {
        if (_controlOpened)
            throw new InvalidOperationException("The control channel of a session is opened once.");
        _controlOpened = true;
        return SecureChannel.Create(Role, _initiatorKey, _responderKey);
    }

    private bool _controlOpened;

    public override string ToString() => Id.ToString();
}
