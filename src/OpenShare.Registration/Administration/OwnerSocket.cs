using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OpenShare.Registration.Administration;

/// <summary>The Unix socket on which the running service does what its owner asks. Who may open it is the file system's business.</summary>
internal static class OwnerSocket
{
    /// <summary>Listens there; only requests that came this way see <see cref="IsUsedBy"/>.</summary>
    public static void Listen(KestrelServerOptions kestrel, string socket)
    {
        // The data directory is locked by this process, so a socket that is there is a dead one's.
        File.Delete(socket);
        kestrel.ListenUnixSocket(socket, listen => listen.Use(next => connection =>
        {
            connection.Features.Set(new CameByOwnerSocket());
            return next(connection);
        }));
    }

    public static bool IsUsedBy(HttpContext http) => http.Features.Get<CameByOwnerSocket>() is not null;

    /// <returns>null when nobody listens there</returns>
    public static async Task<Socket?> TryConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            return error.SocketErrorCode == SocketError.AccessDenied
                ? throw new UserError($"The service on {path} belongs to another user. Run this as that user.")
                : null;
        }
    }

    private sealed class CameByOwnerSocket;
}
