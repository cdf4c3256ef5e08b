using System.Globalization;
using System.Net;
using OpenShare.Device.Storage;

namespace OpenShare.Device.Transport;

/// <summary>
/// Where any free port would do, the one of last time is taken, if it is still free: where no announcement gets through,
/// others look for this device at its last address.
/// </summary>
internal static class LastPort
{
    /// <param name="file">where the port is kept</param>
    /// <exception cref="TransportException">it cannot be listened on</exception>
    internal static ITransportListener Listen(ITransport transport, IPEndPoint wanted, string file)
    {
        if (wanted.Port != 0)
            return transport.Listen(wanted);
        var listener = Again(transport, wanted.Address, file) ?? transport.Listen(wanted);
        Keep(listener.LocalEndPoint.Port, file);
        return listener;
    }

    /// <returns>null: there is none, or somebody else has it now</returns>
    internal static ITransportListener? Again(ITransport transport, IPAddress address, string file)
    {
        if (Read(file) is not { } port)
            return null;
        try
        {
            return transport.Listen(new IPEndPoint(address, port));
        }
        catch (TransportException)
        {
            return null;
        }
    }

    private static int? Read(string file)
    {
        try
        {
            return int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort ? port : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A port that cannot be kept is no reason not to listen.
    private static void Keep(int port, string file)
    {
        if (Read(file) == port)
            return;
        try
        {
            DurableFile.Write(file, System.Text.Encoding.ASCII.GetBytes(port.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
