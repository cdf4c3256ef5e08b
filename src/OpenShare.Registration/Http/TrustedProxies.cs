using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace OpenShare.Registration.Http;

/// <summary>
/// The reverse proxies before this service: what they say of whom they asked for (X-Forwarded-For) is believed. From anybody else the
/// header is a claim, by which one address could have any number of allowances.
/// </summary>
internal static class TrustedProxies
{
    /// <returns>null, with what is wrong with it</returns>
    public static IPNetwork? TryParse(string text, out string problem)
    {
        problem = "";
        if (IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        if (!IPNetwork.TryParse(text, out var network))
            problem = $"'{text}' is no address and no network: write 10.0.0.5, 10.0.0.0/24 or fd00::/64.";
        else if (network.PrefixLength == 0)
            problem = $"'{text}' is everybody: whoever asks could then pass for any address. Name the proxies' own.";
        else
            return network;
        return null;
    }

    public static bool Includes(IReadOnlyList<IPNetwork> proxies, IPAddress? address)
    {
        if (address is null)
            return false;
        // As a socket has it that listens for both.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return proxies.Any(p => p.Contains(plain));
    }

    /// <summary>From here on the client's address is the last one that none of these proxies has.</summary>
    public static void Use(IApplicationBuilder app, IReadOnlyList<IPNetwork> proxies)
    {
        if (proxies.Count == 0)
            return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        // Whoever is on this machine, as the platform has it, is no proxy by that alone.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}
