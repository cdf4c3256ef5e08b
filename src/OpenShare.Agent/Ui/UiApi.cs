using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using OpenShare.Agent.Api;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Qr;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Ui;

/// <summary>What the pages need beside what the command line has: one stream of all that changes, and QRs. And the link to them, for the home's owner alone.</summary>
internal sealed class UiApi(AgentContext agent, UiDoor door)
{
    private const int LongestQr = 2048;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/ui/link", (RequestDelegate)Link);
        routes.MapGet("/v1/ui/watch", (RequestDelegate)Watch);
        routes.MapGet("/v1/ui/qr", (RequestDelegate)Qr);
        routes.MapPost("/v1/ui/qr", (RequestDelegate)ReadQr);
    }

    private Task Link(HttpContext http)
    {
        // A page that is open makes no further ones: a session would outlive its end by that.
        if (http.Connection.LocalIpAddress is not null)
            return Reply.Problem(http, ProblemCodes.Forbidden, "A link to this page is given to the command line alone: openshare ui");
        var addresses = http.RequestServices.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return addresses.FirstOrDefault(a => a.StartsWith("http://127.0.0.1:", StringComparison.Ordinal)) is { } address
            ? Reply.Json(http, new UiLinkDocument($"{address}{UiGuard.Opening}?key={door.NewLink()}"), AgentJson.Readable.UiLinkDocument)
            : Reply.Problem(http, ProblemCodes.Failed, "No agent is running here, so there is no page. Start it with: openshare agent");
    }

    private Task Watch(HttpContext http) => Following.Lines(http, agent, All, e => e.Key, isLast: _ => false, AgentJson.Readable.UiEventDocument);

    private async Task<IEnumerable<UiEventDocument>> All(IDevice device, CancellationToken cancellation)
    {
        var status = (await device.GetStatus(cancellation)).Document(agent);
        var peers = (await device.GetPeers(cancellation)).Select(p => p.Document()).ToList();
        var transfers = await device.GetTransfers(cancellation);
        return
        [
            new UiEventDocument { Status = status }, new UiEventDocument { Peers = peers },
            new UiEventDocument { Comparisons = [.. device.Comparisons.Select(c => c.Document())] },
            .. transfers.Select(t => new UiEventDocument { Transfer = t.Document() }),
        ];
    }

    private static async Task ReadQr(HttpContext http)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = QrPicture.LargestFile;
        using var picture = new MemoryStream();
        await http.Request.Body.CopyToAsync(picture, http.RequestAborted);
        await Reply.Json(http, new QrTextDocument(QrPicture.Read(picture.ToArray(), "this picture")), AgentJson.Readable.QrTextDocument);
    }

    private static async Task Qr(HttpContext http)
    {
        var text = http.Request.Query["text"].ToString();
        if (text.Length is 0 or > LongestQr)
            throw new ProtocolException($"A QR has 1 to {LongestQr} characters here.");
        using var qr = new QrCode(text);
        http.Response.ContentType = "image/png";
        await http.Response.Body.WriteAsync(qr.Png(), http.RequestAborted);
    }
}
