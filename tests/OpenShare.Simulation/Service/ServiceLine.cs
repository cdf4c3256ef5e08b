using System.Net.Security;
using System.Text;
using OpenShare.Device.Registration;
using OpenShare.Device.Registration.Http;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Service;

/// <summary>A machine's way to the registration service: real HTTP messages, carried by the queue.</summary>
internal sealed class ServiceLine(SimulationQueue queue, SimulatedService service, Trace trace, string machine, Action<byte[]> sent)
{
    /// <summary>False: the machine is in no network from which the service can be reached.</summary>
    internal bool IsUp { get; set; } = true;

    /// <summary>What a device calls the service with: the real client, for one process.</summary>
    internal IRegistrationService Client(SimulatedProcess process) =>
        new HttpRegistrationService(tls => new Handler(queue, service, this, process, tls), new SimulatedClock(process));

    internal void Note(WireRequest request, WireResponse response)
    {
        // Polls without news are many and say nothing.
        if (response.Status != 304)
            trace.Add(machine, $"{request.Method} {request.Uri.PathAndQuery}: {response.Status}");
    }

    private void Sent(WireRequest request)
    {
        sent(request.Body);
        sent(Encoding.UTF8.GetBytes($"{request.Uri} {string.Join(' ', request.Headers.SelectMany(h => h.Values))}"));
    }

    internal void NoteLoss(WireRequest request) => trace.Add(machine, $"{request.Method} {request.Uri.PathAndQuery}: lost");

    private sealed class Handler(
        SimulationQueue queue, SimulatedService service, ServiceLine line, SimulatedProcess process, SslClientAuthenticationOptions tls) : HttpMessageHandler
    {
        private ServiceProcess? _connected;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var wire = await WireRequest.ReadAsync(request).ConfigureAwait(false);
            line.Sent(wire);
            var call = new ServiceCall(queue, service, line, wire);
            call.Start(IsGood);
            using (cancellationToken.UnsafeRegister((_, token) => call.GiveUp(token), null))
                return await process.Hear(call.Answer).ConfigureAwait(false);
        }

        private bool IsGood(ServiceProcess running)
        {
            if (_connected == running)
                return true;
            // Its name is not looked at, nor who signed it: devices go by its key.
            var isGood = tls.RemoteCertificateValidationCallback!(this, service.Certificate, chain: null, SslPolicyErrors.RemoteCertificateChainErrors);
            _connected = isGood ? running : null;
            return isGood;
        }
    }
}
