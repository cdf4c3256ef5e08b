using System.Net.Sockets;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>What came of opening a socket, or of sending from it.</summary>
/// <param name="Trouble">why it failed</param>
internal readonly record struct SendOutcome(Sending Sending, string? Trouble = null)
{
    internal static SendOutcome OfSending(Action send) => Of(send, error => error switch
    {
        SocketError.AccessDenied => Sending.Forbidden,
        _ => Sending.Failed,
    });

    // A port that another has for itself is denied on some systems and in use on others. A firewall judges packets.
    internal static SendOutcome OfOpening(Action open) => Of(open, error => error switch
    {
        SocketError.AccessDenied or SocketError.AddressAlreadyInUse => Sending.PortTaken,
        _ => Sending.Failed,
    });

    private static SendOutcome Of(Action act, Func<SocketError, Sending> meaning)
    {
        try
        {
            act();
            return new SendOutcome(Sending.Sent);
        }
        catch (SocketException error)
        {
            return new SendOutcome(meaning(error.SocketErrorCode), $"{error.SocketErrorCode}");
        }
        catch (ObjectDisposedException)
        {
            return new SendOutcome(Sending.Failed);
        }
    }
}
