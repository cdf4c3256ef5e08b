using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Device.Storage;

namespace OpenShare.Agent.Hosting;

/// <summary>Where the local control API of one home answers: a Unix socket, or on Windows a named pipe, for its owner only.</summary>
public abstract record ControlEndpoint
{
    private ControlEndpoint() { }

    public sealed record UnixSocket(string Path) : ControlEndpoint
    {
        /// <summary>
        /// A socket bound to the path, and closed to others before anybody can connect: connections are refused
        /// until it listens. A file left there by a dead agent is removed: the caller has the home's lock.
        /// </summary>
        internal Socket Bind()
        {
            File.Delete(Path);
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(new UnixDomainSocketEndPoint(Path));
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    public sealed record NamedPipe(string Name) : ControlEndpoint;

    /// <param name="home">absolute</param>
    /// <exception cref="AgentStartException">its path is too long for a socket, and there is no runtime directory</exception>
    public static ControlEndpoint Of(string home)
    {
        if (OperatingSystem.IsWindows())
            return new NamedPipe("openshare-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)).AsSpan(0, 8)));
        try
        {
            return new UnixSocket(DeviceHome.SocketOf(home));
        }
        catch (StorageException e)
        {
            throw new AgentStartException(e.Message, e);
        }
    }
}
