using System.Net;
using System.Net.Sockets;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Discovery.Doctor;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>
/// Where an agent that is started to find out what is wrong listens: where one that stays would, or, where just that cannot be
/// had, at any free port.
/// </summary>
internal static class DoctorListener
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.IPv6Any, 0);

    /// <param name="advertised">the port of a relay in front of it</param>
    /// <param name="found">where it listens, or why it is not where it was told to</param>
    /// <exception cref="TransportException">for any other reason</exception>
    internal static ITransportListener Open(ITransport transport, IPEndPoint wanted, string portFile, int? advertised, out ListeningFacts found)
    {
        try
        {
            // To look leaves no trace: a port that was taken for it is not kept.
            var again = wanted.Port == 0 ? LastPort.Again(transport, wanted.Address, portFile) : null;
            var listener = again ?? transport.Listen(wanted);
            found = advertised is { } port
                ? new ListeningFacts.Open(port)
                : new ListeningFacts.Open(listener.LocalEndPoint.Port, IsPassing: wanted.Port == 0 && again is null);
            return listener;
        }
        catch (TransportException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable } socket)
        {
            found = socket.SocketErrorCode == SocketError.AddressAlreadyInUse ? new ListeningFacts.Taken(wanted) : new ListeningFacts.NoSuchAddress(wanted);
            return transport.Listen(Anywhere);
        }
    }
}
