using System.Net.Sockets;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration.Http;

/// <summary>What went wrong with a call, in a person's words. Never the request's: it may hold a token.</summary>
internal static class ServiceTrouble
{
    internal static ServiceFailure Of(HttpRequestException error, ServiceConnection connection)
    {
        var server = connection.Contact.Server;
        return error.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError when connection.Gate.RefusedLatest => new ServiceFailure.Untrusted(connection.Gate.WhyRefused),
            HttpRequestError.SecureConnectionError => new ServiceFailure.Unreachable($"What answers at {server.Authority} does not speak TLS, or breaks it off."),
            HttpRequestError.NameResolutionError => new ServiceFailure.Unreachable($"The name {server.Host} is not known on this network."),
            HttpRequestError.ConnectionError => new ServiceFailure.Unreachable($"{server.Authority} cannot be reached: {Reason(error)}."),
            HttpRequestError.ConfigurationLimitExceeded => TooLong(server),
            _ => Broken(server),
        };
    }

    internal static ServiceFailure Late(Uri server) => new ServiceFailure.Unreachable($"{server.Authority} did not answer in time.");

    internal static ServiceFailure Broken(Uri server) => new ServiceFailure.Unreachable($"The connection to {server.Authority} broke.");

    internal static ServiceFailure TooLong(Uri server) => Strange(server, "its answer is too long");

    internal static ServiceFailure Strange(Uri server, string how) =>
        new ServiceFailure.Unreadable($"{server.Authority} does not answer as a registration service does: {how}.");

    private static string Reason(HttpRequestException error) => error.InnerException is SocketException socket
        ? socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "nothing listens there",
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown => "there is no way to it from this network",
            _ => socket.SocketErrorCode.ToString(),
        }
        : "it does not answer";
}
