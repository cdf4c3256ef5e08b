using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Hosting;

/// <summary>
/// How many connections may be open, together and from one address; one more is hung up on before TLS. A waiting device is a connection and
/// hardly a request, so the rate limit does not see it. The owner's socket is not among them: whoever fills the service keeps its owner out of nothing.
/// </summary>
internal sealed class ConnectionLimits(RegistrationOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = [];
    private int _all;

    public void Enforce(ListenOptions listen) => listen.Use(next => async connection =>
    {
        var client = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var network = ClientNetwork.Of(client);
        // Behind a proxy is everybody.
        if (!TryEnter(network, TrustedProxies.Includes(options.TrustedProxies, client) ? int.MaxValue : options.ConnectionsPerAddress))
            return;
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(network);
        }
    });

    private bool TryEnter(string network, int most)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(network);
            if (_all >= options.Connections || open >= most)
                return false;
            _open[network] = open + 1;
            _all++;
            return true;
        }
    }

    private void Leave(string network)
    {
        lock (_gate)
        {
            _all--;
            if (--_open[network] == 0)
                _open.Remove(network);
        }
    }
}
