using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OpenShare.Device.Registration.Http;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>
/// The registration service, one step after the other: its name, a connection, TLS, an answer, and the proof that it is the one
/// meant. Nothing secret is sent: only its trust root is asked for.
/// </summary>
internal sealed class HttpServiceCheck : IServiceCheck
{
    private const int MaxAnswer = 2 * Limits.SignedPayload;

    public async Task<ServiceCheckResult> Ask(ServiceContact contact, TrustChain? trust, DateTimeOffset now, CancellationToken cancellation)
    {
        var server = contact.Server;
        try
        {
            if (await Resolve(server, cancellation).ConfigureAwait(false) is not { Length: > 0 } addresses)
                return new ServiceCheckResult(new ServerFacts.NameUnknown(server), null);
            return await Reach(addresses, server, cancellation).ConfigureAwait(false) is { } trouble
                ? new ServiceCheckResult(trouble, null)
                : await Ask(contact, trust, now, server, cancellation).ConfigureAwait(false);
        }
        catch (ProtocolException error)
        {
            return new ServiceCheckResult(new ServerFacts.NotTrusted(server, error.Message), null);
        }
    }

    private static async Task<IPAddress[]> Resolve(Uri server, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(server.DnsSafeHost, out var literal))
            return [literal];
        try
        {
            return await Dns.GetHostAddressesAsync(server.DnsSafeHost, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <returns>null: it takes connections</returns>
    private static async Task<ServerFacts?> Reach(IPAddress[] addresses, Uri server, CancellationToken cancellation)
    {
        var reach = new SystemReachability();
        var tries = await Task.WhenAll(addresses.Select(a => reach.Connect(new IPEndPoint(a, server.Port), cancellation))).ConfigureAwait(false);
        return tries.Contains(Connecting.Connected) ? null
            : tries.Contains(Connecting.Refused) ? new ServerFacts.NotRunning(server)
            : new ServerFacts.Unreachable(server, tries.Contains(Connecting.NoAnswer) ? "it does not answer" : "there is no way to it from this network");
    }

    private static async Task<ServiceCheckResult> Ask(ServiceContact contact, TrustChain? trust, DateTimeOffset now, Uri server, CancellationToken cancellation)
    {
        using var connection = new ServiceConnection(contact, ServiceConnection.OverSockets);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.GetLeftPart(UriPartial.Path).TrimEnd('/') + RegistrationPaths.TrustRoot);
        try
        {
            using var response = await connection.Send(request, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return Fails($"it says HTTP {(int)response.StatusCode}.");
            if (await BoundedBody.Read(response.Content, MaxAnswer, cancellation).ConfigureAwait(false) is not { } body
                || JsonSerializer.Deserialize<RegistrationMessages.TrustRootResponse>(body.Span, RegistrationJson.Options) is not { } shown)
                return Fails("its answer cannot be read.");
            if (contact.IsUnproven && trust is not null)
                ServiceProof.Pin(new ServiceShown(shown, connection.Gate.SpkiSha256), trust, now);
            // Before registration nobody vouches for it, and its clock is anybody's.
            var isProven = !contact.IsUnproven || trust is not null;
            return new ServiceCheckResult(new ServerFacts.Answers(server, isProven), isProven ? response.Headers.Date : null);
        }
        catch (HttpRequestException) when (connection.Gate is { RefusedLatest: true, IsOutOfTime: true })
        {
            return new ServiceCheckResult(new ServerFacts.NotValidNow(server), null);
        }
        catch (HttpRequestException) when (connection.Gate.RefusedLatest)
        {
            return new ServiceCheckResult(new ServerFacts.NotTrusted(server, connection.Gate.WhyRefused), null);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            return Fails("its answer cannot be read.");
        }
        catch (HttpRequestException error)
        {
            return Fails(error.HttpRequestError == HttpRequestError.SecureConnectionError ? "it does not speak TLS, or breaks it off." : "the connection breaks.");
        }
        catch (OperationCanceledException)
        {
            return Fails("it takes the connection and does not answer in time.");
        }

        ServiceCheckResult Fails(string how) => new(new ServerFacts.Fails(server, how), null);
    }
}
