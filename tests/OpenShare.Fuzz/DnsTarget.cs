using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Fuzz;

/// <summary>The codec of discovery's packets: any bytes are a message or refused, and a message that is written is read as it was.</summary>
internal static class DnsTarget
{
    internal static void Run(byte[] bytes)
    {
        DnsMessage message;
        try
        {
            message = DnsMessage.Decode(bytes);
        }
        catch (ProtocolException)
        {
            return;
        }
        var again = DnsMessage.Decode(message.Encode());
        if (!Same(message, again))
            throw new InvalidOperationException("What was written is not read as it was.");
    }

    private static bool Same(DnsMessage a, DnsMessage b) =>
        (a.Id, a.IsResponse, a.IsTruncated) == (b.Id, b.IsResponse, b.IsTruncated)
        && a.Questions.SequenceEqual(b.Questions) && a.Answers.SequenceEqual(b.Answers)
        && a.Authorities.SequenceEqual(b.Authorities) && a.Additionals.SequenceEqual(b.Additionals);
}
