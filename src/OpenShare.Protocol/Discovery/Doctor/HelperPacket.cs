using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>
/// The packets that show what passes between two hosts. They are ordinary DNS: every agent answers them, and needs to know
/// nothing of a doctor.
/// </summary>
public static class HelperPacket
{
    /// <summary>From a port of its own: who hears it answers to that port alone (RFC 6762 §6.7).</summary>
    /// <param name="id">repeated in the answer</param>
    public static byte[] AskAlone(ushort id) =>
        new DnsMessage { Id = id, Questions = [new DnsQuestion(OwnService.Type, DnsType.Ptr)] }.Encode();

    /// <summary>
    /// From port 5353: who hears it answers to everybody. Which kinds of service there are is asked too: any responder
    /// answers that, and an announcement of its own accord never says it (RFC 6763 §9).
    /// </summary>
    public static byte[] AskAll() => new DnsMessage
    {
        Questions = [new DnsQuestion(OwnService.Type, DnsType.Ptr), new DnsQuestion(OwnService.Enumeration, DnsType.Ptr)],
    }.Encode();

    /// <returns>null: it is no answer or announcement</returns>
    public static HelperAnswer? Read(ReadOnlySpan<byte> packet)
    {
        try
        {
            return DnsMessage.Decode(packet) is { IsPlain: true, IsResponse: true } message
                ? new HelperAnswer(
                    message.Id,
                    IsOfDevice: message.Said.Any(r => r.Name == OwnService.Type || r.Name.IsChildOf(OwnService.Type)),
                    IsAsked: message.Said.Any(r => r.Name == OwnService.Enumeration))
                : null;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}

/// <param name="Id">of the question, where it was asked alone</param>
/// <param name="IsOfDevice">an OpenShare device said it</param>
/// <param name="IsAsked">it says what is said only when it is asked for</param>
public sealed record HelperAnswer(ushort Id, bool IsOfDevice, bool IsAsked);
