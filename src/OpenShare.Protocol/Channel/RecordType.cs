namespace OpenShare.Protocol.Channel;

/// <summary>The first byte of every record.</summary>
public enum RecordType : byte
{
    /// <summary>A whole Control message, or its last part.</summary>
    Control = 1,

    /// <summary>A ChunkFrame: the chunks whose bytes follow.</summary>
    ChunkHead = 2,

    /// <summary>Bytes of the chunks that the last head named, in order.</summary>
    ChunkBytes = 3,

    /// <summary>The authenticated end of this direction: without it, an end is a cut.</summary>
    Close = 4,

    /// <summary>A part of a Control message that does not fit one record; more follows.</summary>
    ControlPart = 5,
}
