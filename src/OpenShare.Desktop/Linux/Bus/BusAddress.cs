using System.Net.Sockets;

namespace OpenShare.Desktop.Linux.Bus;

/// <summary>Where the session bus is.</summary>
internal static class BusAddress
{
    /// <summary>As DBUS_SESSION_BUS_ADDRESS has it; without it, where systemd puts it.</summary>
    /// <returns>null: there is none</returns>
    internal static string? OfSession(Func<string, string?> variable) =>
        variable("DBUS_SESSION_BUS_ADDRESS") is { Length: > 0 } address ? address
        : variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? $"unix:path={Path.Combine(runtime, "bus")}"
        : null;

    /// <summary>The first of the addresses that is a socket of this machine.</summary>
    internal static UnixDomainSocketEndPoint? Parse(string addresses)
    {
        foreach (var address in addresses.Split(';').Where(a => a.StartsWith("unix:", StringComparison.Ordinal)))
            foreach (var pair in address["unix:".Length..].Split(','))
            {
                if (pair.StartsWith("path=", StringComparison.Ordinal))
                    return new UnixDomainSocketEndPoint(Uri.UnescapeDataString(pair["path=".Length..]));
                if (pair.StartsWith("abstract=", StringComparison.Ordinal))
                    return new UnixDomainSocketEndPoint('\0' + Uri.UnescapeDataString(pair["abstract=".Length..]));
            }
        return null;
    }
}
