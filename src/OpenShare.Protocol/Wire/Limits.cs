namespace OpenShare.Protocol.Wire;

/// <summary>The stated limits of every decoder, checked before anything is allocated for the value.</summary>
public static class Limits
{
    /// <summary>Bytes of a signed blob's payload (a manifest page is the largest).</summary>
    public const int SignedPayload = 128 * 1024;

    /// <summary>Bytes of a revocation list: some 90 bytes a revoked device in the encoding of before, about one since.</summary>
    public const int RevocationList = 8 * 1024 * 1024;

    /// <summary>Bytes of what makes one of another: some three a revoked device. What would be longer is the list itself.</summary>
    public const int RevocationDelta = 256 * 1024;

    /// <summary>Bytes of a discovery key's payload: some 130 with the longest account.</summary>
    public const int DiscoveryKey = 1024;

    /// <summary>Bytes of a pairing token's payload: some 400 with a few addresses.</summary>
    public const int PairingToken = 2 * 1024;

    /// <summary>Bytes of a withdrawal's payload: some 350.</summary>
    public const int Withdrawal = 2 * 1024;

    /// <summary>Addresses in a pairing token.</summary>
    public const int PairingAddresses = 12;

    /// <summary>Bytes of the first frame of an unauthenticated peer.</summary>
    public const int OpeningFrame = 1024;

    /// <summary>Bytes of any other handshake frame that brings no chain of trust roots.</summary>
    public const int HandshakeFrame = 8 * 1024;

    /// <summary>Plaintext bytes of one record of the secure channel.</summary>
    public const int RecordPlaintext = 256 * 1024;

    /// <summary>Bytes of a control message that came in parts: the longest is a revocation list.</summary>
    public const int ControlMessage = RevocationList + 64 * 1024;

    /// <summary>UTF-8 bytes of one component of a path.</summary>
    public const int PathComponent = 255;

    /// <summary>UTF-8 bytes of a whole relative path.</summary>
    public const int Path = 4096;

    /// <summary>Components of a relative path.</summary>
    public const int PathDepth = 128;

    /// <summary>Characters of a device's name.</summary>
    public const int DeviceName = 64;

    /// <summary>Characters of an account's name.</summary>
    public const int AccountName = 64;

    /// <summary>Characters of any text meant for a person.</summary>
    public const int Detail = 500;

    /// <summary>Trust roots handed on at once: how many versions a device may be behind.</summary>
    public const int TrustLinks = 16;

    /// <summary>Bytes of them together.</summary>
    public const int TrustChain = 64 * 1024;

    /// <summary>Bytes of a handshake frame that may bring a chain of trust roots.</summary>
    public const int HandshakeFrameWithChain = HandshakeFrame + TrustChain;

    /// <summary>Keys in a trust root.</summary>
    public const int TrustKeys = 32;

    /// <summary>Entries of one manifest page.</summary>
    public const int PageEntries = 1024;

    /// <summary>Chunk references of one manifest page.</summary>
    public const int PageChunks = 2048;

    /// <summary>UTF-8 bytes of a text that is sent as such: what is longer is sent as a file.</summary>
    public const int Text = 1024 * 1024;

    /// <summary>Bytes of one chunk.</summary>
    public const int Chunk = 4 * 1024 * 1024;

    /// <summary>Bytes of a chunk where nothing else decides.</summary>
    public const int DefaultChunk = 1024 * 1024;

    /// <summary>Chunks packed into one frame.</summary>
    public const int FrameChunks = 1024;

    /// <summary>Bytes of the chunks packed into one frame.</summary>
    public const int FrameBytes = Chunk;

    /// <summary>Entries of one manifest.</summary>
    public const int ManifestEntries = 4_000_000;

    /// <summary>Chunks of one manifest: 16 TiB at the default chunk, some 600 MB of hashes.</summary>
    public const int ManifestChunks = 16 * 1024 * 1024;

    /// <summary>Pages of one manifest.</summary>
    public const int ManifestPages = 64 * 1024;
}
