using System.Net;

namespace OpenShare.Relay;

/// <param name="Routes">every address listened on, with the one its connections are forwarded to</param>
/// <param name="CutAt">bytes, both ways and over all routes, after which the link is cut</param>
/// <param name="Down">how long after a cut connections are refused</param>
internal sealed record RelayOptions(IReadOnlyList<(IPEndPoint Listen, IPEndPoint To)> Routes, long? CutAt, TimeSpan Down)
{
    public const string Usage = """
        relay --listen HOST:PORT --to HOST:PORT [--listen … --to …] [--cut-at BYTES] [--down SECONDS]

        Forwards TCP connections and counts their bytes. Port 0 is any free one. Says what happens as one line of
        JSON each on standard output, and obeys these lines on standard input, whose end is the relay's end:
          cut                 reset every connection now, and refuse new ones for the down time
          cut-at BYTES        the same once so many bytes have passed (counted both ways, over all routes)
          down SECONDS        the down time from now on
          up                  end the down time now
          stall               hold everything back; the connections stay
          stall-at BYTES      the same once so many bytes have passed
          go                  let it pass again
          rate BYTES          no more than so many bytes a second; 0: no limit
          delay MS            what is passed on arrives so many milliseconds later, each way; 0: at once
          flip-at OFFSET      invert the byte at this offset of all that passes
          zero                count from 0 again
          stats               report the counts
          quit
        """;

    /// <returns>null, with what is wrong</returns>
    public static RelayOptions? TryParse(string[] args, out string problem)
    {
        var routes = new List<(IPEndPoint, IPEndPoint)>();
        IPEndPoint? listen = null;
        long? cutAt = null;
        var down = TimeSpan.FromSeconds(1);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--listen" when IPEndPoint.TryParse(value, out listen):
                    break;
                case "--to" when listen is not null && IPEndPoint.TryParse(value, out var to):
                    routes.Add((listen, to));
                    listen = null;
                    break;
                case "--cut-at" when long.TryParse(value, out var bytes) && bytes >= 0:
                    cutAt = bytes;
                    break;
                case "--down" when Seconds.TryParse(value, out down):
                    break;
                default:
                    problem = $"relay: not understood: {args[i]} {value}";
                    return null;
            }
        }
        problem = routes.Count == 0 ? "relay: at least one --listen with its --to is needed." : "";
        return routes.Count == 0 ? null : new RelayOptions(routes, cutAt, down);
    }
}
