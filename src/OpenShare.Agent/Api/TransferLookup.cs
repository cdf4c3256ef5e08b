using System.Collections.Immutable;
using OpenShare.Agent.Documents;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Agent.Api;

/// <summary>Which transfer a person means by a whole id or any prefix of one, of the transfer or of its manifest.</summary>
internal static class TransferLookup
{
    /// <returns>null when there is none or more than one: the request is answered with that problem then</returns>
    internal static async Task<TransferView?> Find(HttpContext http, AgentContext agent)
    {
        var text = (string)http.Request.RouteValues["id"]!;
        if (TransferId.TryParse(text, out var id) && await agent.Device.GetTransfer(id, http.RequestAborted) is { } exact)
            return exact;
        var matches = Matching(await agent.Device.GetTransfers(http.RequestAborted), text);
        if (matches.Count == 1)
            return matches[0];
        await (matches.Count == 0
            ? Reply.Problem(http, ProblemCodes.NotFound, $"There is no transfer '{Printable.Shorten(text)}'. See: openshare transfers")
            : Reply.Problem(http, ProblemCodes.Ambiguous,
                $"'{text}' is the beginning of {matches.Count} transfers: {string.Join(", ", matches.Take(5).Select(t => $"{t.Id} ({Printable.Shorten(t.Summary, 40)})"))}. Give more digits."));
        return null;
    }

    private static List<TransferView> Matching(ImmutableArray<TransferView> transfers, string text) =>
    [
        .. transfers.Where(t => t.Id.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase)
            || t.ManifestId.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase)),
    ];
}
