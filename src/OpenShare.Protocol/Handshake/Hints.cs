using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Handshake;

/// <summary>Unauthenticated hints: they say why nothing came of it, and change no state anywhere.</summary>
public static class Hints
{
    /// <summary>The answer to a hello that is refused before there is any key.</summary>
    public static byte[] Frame(Hint.Types.Code code) => new ResponderHello { Hint = new Hint { Code = code } }.ToByteArray();

    public static string Text(Hint.Types.Code code) => code switch
    {
        Hint.Types.Code.NoCommonVersion => "The two devices speak no common version of the protocol. Update the older one.",
        Hint.Types.Code.Busy => "The other device is answering too many others just now.",
        Hint.Types.Code.Unregistered => "The other device is not registered yet.",
        Hint.Types.Code.UnknownSession => "The other device no longer knows this session.",
        _ => "The other device gave no reason.",
    };
}
