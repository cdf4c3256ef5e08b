namespace OpenShare.Device.Transport.Tcp;

/// <summary>
/// How many packets of one connection were lost, from what its system counts. Not each packet sent again was: where the other
/// side is slow to answer, as on a busy computer, it is sent a second time in vain, and says so (RFC 2883, D-SACK). As that
/// word takes a while, what is sent again is counted one look later.
/// </summary>
internal sealed class Retransmissions
{
    private uint _sent;
    private uint _again;
    private uint _lost;

    /// <summary>What came to it since the last look. All numbers count from the connection's first packet, and begin anew at 2^32.</summary>
    /// <param name="sent">packets with data, those sent again among them</param>
    /// <param name="again">of those, sent again</param>
    /// <param name="arrivedTwice">of those, sent again in vain</param>
    internal (long Sent, long Lost) Since(uint sent, uint again, uint arrivedTwice)
    {
        var count = (long)unchecked(sent - _sent);
        // Less than nothing where more was in vain than was known to be sent again: then nothing more was lost either.
        var lost = Math.Max(0, unchecked((int)(_again - arrivedTwice - _lost)));
        (_sent, _again, _lost) = (sent, again, unchecked(_lost + (uint)lost));
        return (count, lost);
    }
}
