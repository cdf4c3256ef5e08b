using OpenShare.Agent.Documents;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

/// <summary>Receipts: those kept here, and the checking of any.</summary>
internal sealed class ReceiptsApi(AgentContext agent)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/transfers/{id}/receipt", (RequestDelegate)Show);
        routes.MapPost("/v1/receipts/verify", (RequestDelegate)Verify);
    }

    private async Task Show(HttpContext http)
    {
        if (await TransferLookup.Find(http, agent) is not { } transfer)
            return;
        await (await agent.Device.GetReceipt(transfer.Id, http.RequestAborted) is { } receipt
            ? Reply.Json(http, receipt.Document(), AgentJson.Readable.ReceiptDocument)
            : Reply.Problem(http, ProblemCodes.NotFound,
                $"The transfer {transfer.Id} has no receipt: it is {DocumentsOf.Word(transfer.State)}, and a receipt is signed when all is delivered."));
    }

    private async Task Verify(HttpContext http)
    {
        var request = await Reply.Read(http, AgentJson.Readable.VerifyReceiptRequest);
        var verdict = await agent.Device.VerifyReceipt(Base64Url.Decode(request.Receipt, "receipt"), http.RequestAborted);
        await Reply.Json(http, verdict.Document(), AgentJson.Readable.VerdictDocument);
    }
}
