using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OpenShare.Agent.Documents;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Api;

/// <summary>Sending, and following transfers either way.</summary>
internal sealed class TransfersApi(AgentContext agent)
{
    /// <summary>Longest that a request may wait for a device to be seen.</summary>
    private const double LongestWaitSeconds = 3600;

    private const string Revoked = "This device was revoked. The other devices of its account refuse it, and are not to be seen from here.";

    private readonly DeviceResolver _resolver = new(agent);

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sends", (RequestDelegate)Send);
        routes.MapGet("/v1/transfers", (RequestDelegate)List);
        routes.MapGet("/v1/transfers/watch", (RequestDelegate)WatchAll);
        routes.MapGet("/v1/transfers/{id}", (RequestDelegate)Show);
        routes.MapGet("/v1/transfers/{id}/manifest", (RequestDelegate)ShowManifest);
        routes.MapGet("/v1/transfers/{id}/files", (RequestDelegate)ShowFiles);
        routes.MapGet("/v1/transfers/{id}/watch", (RequestDelegate)Watch);
        routes.MapPost("/v1/transfers/{id}/cancel", (RequestDelegate)Cancel);
        routes.MapPost("/v1/transfers/{id}/pause", (RequestDelegate)(http => Pause(http, isPaused: true)));
        routes.MapPost("/v1/transfers/{id}/accept", (RequestDelegate)(http => Answer(http, isAccepted: true)));
        routes.MapPost("/v1/transfers/{id}/decline", (RequestDelegate)(http => Answer(http, isAccepted: false)));
        routes.MapGet("/v1/transfers/{id}/text", (RequestDelegate)ShowText);
        routes.MapPost("/v1/transfers/{id}/resume", (RequestDelegate)(http => Pause(http, isPaused: false)));
    }

    private async Task Send(HttpContext http)
    {
        var request = await Reply.Read(http, AgentJson.Readable.SendRequest);
        if (request.Text is { } text)
            CheckText(text, request.Paths);
        else if (request.Paths.Count == 0 || !request.Paths.All(path => !string.IsNullOrEmpty(path) && Path.IsPathFullyQualified(path)))
            throw new ProtocolException("The paths to send must be absolute, and at least one.");
        if (request.BytesPerSecond < 0)
            throw new ProtocolException("A rate is not less than nothing.");
        if (!Enum.GetValues<ConflictPolicy>().Any(p => DocumentsOf.Word(p) == request.Conflict))
            throw new ProtocolException($"'{Printable.Shorten(request.Conflict)}' is none of rename, skip and overwrite.");
        if (request.BytesPerSecond == 0 && agent.Options.Limit is { } limit)
            request = request with { BytesPerSecond = limit };
        var wait = TimeSpan.FromSeconds(Math.Clamp(request.WaitSeconds, 0, LongestWaitSeconds));
        var self = await agent.Device.GetStatus(http.RequestAborted);
        if (Objection(self, request.To) is var (code, detail))
        {
            await Reply.Problem(http, code, detail);
            return;
        }
        switch (await _resolver.Resolve(request.To, wait, http.RequestAborted))
        {
            case DeviceResolution.Found found:
                await Start(http, request, found.Target);
                break;
            case DeviceResolution.Ambiguous ambiguous:
                await Reply.Problem(http, ProblemCodes.Ambiguous, ambiguous.Message);
                break;
            case DeviceResolution.NotFound when (await agent.Device.GetStatus(http.RequestAborted)).Trust == PeerTrust.Revoked:
                await Reply.Problem(http, ProblemCodes.NotTrusted, Revoked);
                break;
            case DeviceResolution.NotFound missing:
                await Reply.Problem(http, ProblemCodes.DeviceNotFound, missing.Message);
                break;
        }
    }

    private static void CheckText(string text, IReadOnlyList<string> paths)
    {
        if (paths.Count > 0)
            throw new ProtocolException("Either a text is sent or files, not both at once.");
        if (text.Length == 0)
            throw new ProtocolException("The text is empty.");
        if (Encoding.UTF8.GetByteCount(text) > SendRequest.LongestText)
            throw new ProtocolException("The text is longer than 1 MiB. Send it as a file.");
    }

    // One that is revoked, or not registered, sees nobody: that the other one is not to be seen would be no answer.
    private static (string Code, string Detail)? Objection(DeviceStatus self, string to) => self switch
    {
        { Trust: PeerTrust.Revoked } => (ProblemCodes.NotTrusted, Revoked),
        { Account: null } => (ProblemCodes.NotRegistered, "This device is not registered. Run 'openshare register' first."),
        _ when self.DeviceId.ToString() == to => (ProblemCodes.DeviceNotFound, "That is this device itself."),
        _ => null,
    };

    private async Task Start(HttpContext http, SendRequest request, SendTarget target)
    {
        var start = request.Text is { } text
            ? agent.Device.StartSendText(text, target, request.BytesPerSecond, http.RequestAborted)
            : agent.Device.StartSend(
                [.. request.Paths], target, request.BytesPerSecond, Enum.Parse<ConflictPolicy>(request.Conflict, ignoreCase: true), http.RequestAborted);
        switch (await start)
        {
            // Whoever asked has left and has no id to cancel by.
            case SendStart.Started started when http.RequestAborted.IsCancellationRequested:
                await agent.Device.CancelTransfer(started.Id, CancellationToken.None);
                break;
            case SendStart.Started started when await agent.Device.GetTransfer(started.Id, http.RequestAborted) is { } transfer:
                await Reply.Json(http, transfer.Document(), AgentJson.Readable.TransferDocument, StatusCodes.Status201Created);
                break;
            case SendStart.Started started:
                throw new InvalidOperationException($"The transfer {started.Id} was begun and is not there.");
            case SendStart.Refused refused:
                await Reply.Problem(http, CodeOf(refused.Problem), Printable.Shorten(refused.Detail));
                break;
        }
    }

    private async Task List(HttpContext http) =>
        await Reply.Json(http, [.. (await agent.Device.GetTransfers(http.RequestAborted)).Select(t => t.Document())], AgentJson.Readable.Transfers);

    private Task WatchAll(HttpContext http) => Following.Lines(
        http, agent, async (device, cancellation) => (await device.GetTransfers(cancellation)).Select(t => t.Document()),
        transfer => transfer.TransferId, isLast: _ => false, AgentJson.Readable.TransferDocument);

    private async Task Show(HttpContext http)
    {
        if (await TransferLookup.Find(http, agent) is { } transfer)
            await Reply.Json(http, transfer.Document(), AgentJson.Readable.TransferDocument);
    }

    private async Task ShowManifest(HttpContext http)
    {
        if (await TransferLookup.Find(http, agent) is not { } transfer)
            return;
        if (await agent.Device.GetManifest(transfer.Id, http.RequestAborted) is { } manifest)
            await Reply.Json(http, manifest);
        else
            await Reply.Problem(http, ProblemCodes.NotFound, $"The file list of the transfer {transfer.Id} is not complete, or not kept any more.");
    }

    private async Task ShowFiles(HttpContext http)
    {
        var asked = FilesQuery.Read(http.Request.Query);
        if (await TransferLookup.Find(http, agent) is not { } transfer)
            return;
        if (await agent.Device.GetFiles(transfer.Id, asked, http.RequestAborted) is { } files)
            await Reply.Json(http, files.Document(), AgentJson.Readable.FilesDocument);
        else
            await Reply.Problem(http, ProblemCodes.NotFound, $"How far the files of the transfer {transfer.Id} are is not known: none is listed yet, or it ended without a receipt, or so long ago that its file list is not kept any more.");
    }

    private async Task Watch(HttpContext http)
    {
        if (await TransferLookup.Find(http, agent) is not { } transfer)
            return;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EventHandler<TransferId> note = (_, ended) =>
        {
            if (ended == transfer.Id)
                over.TrySetResult();
        };
        agent.Device.TransferEnded += note;
        try
        {
            await Following.Lines(
                http, agent, async (device, cancellation) => await device.GetTransfer(transfer.Id, cancellation) is { } now ? [now.Document()] : [],
                document => document.TransferId, isLast: document => document.IsEnded(), AgentJson.Readable.TransferDocument, over.Task);
        }
        finally
        {
            agent.Device.TransferEnded -= note;
        }
    }

    private async Task Cancel(HttpContext http)
    {
        if (await TransferLookup.Find(http, agent) is { } transfer
            && await agent.Device.CancelTransfer(transfer.Id, http.RequestAborted) is { } cancelled)
        {
            await Reply.Json(http, cancelled.Document(), AgentJson.Readable.TransferDocument);
        }
    }

    private async Task Pause(HttpContext http, bool isPaused)
    {
        if (await TransferLookup.Find(http, agent) is { } transfer
            && await agent.Device.PauseTransfer(transfer.Id, isPaused, http.RequestAborted) is { } now)
        {
            await Reply.Json(http, now.Document(), AgentJson.Readable.TransferDocument);
        }
    }

    private async Task Answer(HttpContext http, bool isAccepted)
    {
        var (always, saveTo) = http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            ? await Reply.Read(http, AgentJson.Readable.OfferAnswerRequest)
            : new OfferAnswerRequest();
        if (saveTo is not null && (!isAccepted || !Path.IsPathFullyQualified(saveTo)))
        {
            await Reply.Problem(http, ProblemCodes.BadRequest, isAccepted ? "save_to is an absolute path." : "What is declined is not saved: save_to goes with accept.");
            return;
        }
        if (await TransferLookup.Find(http, agent) is not { } transfer)
            return;
        var answered = await agent.Device.AnswerOffer(transfer.Id, isAccepted, always, saveTo, http.RequestAborted);
        if (answered.Problem is { } problem)
        {
            await Reply.Problem(http, ProblemCodes.BadRequest, problem);
            return;
        }
        var now = (answered.Transfer ?? transfer).Document();
        await (answered.WasAsked
            ? Reply.Json(http, now, AgentJson.Readable.TransferDocument)
            : Reply.Problem(http, ProblemCodes.NotAsked, $"The transfer {now.TransferId[..8]} ({now.Summary}) does not wait for your answer: it is {now.State}."));
    }

    private async Task ShowText(HttpContext http)
    {
        if (await TransferLookup.Find(http, agent) is not { } transfer)
            return;
        if (await agent.Device.GetText(transfer.Id, http.RequestAborted) is { } text)
            await Reply.Json(http, new TextDocument(text.Path, text.Text), AgentJson.Readable.TextDocument);
        else
            await Reply.Problem(http, ProblemCodes.NotFound, $"The transfer {transfer.Id} brought no text here.");
    }

    private static string CodeOf(TransferProblem problem) => problem switch
    {
        TransferProblem.BadPath => ProblemCodes.BadRequest,
        TransferProblem.NotRegistered => ProblemCodes.NotRegistered,
        TransferProblem.DeviceNotFound => ProblemCodes.DeviceNotFound,
        TransferProblem.NotTrusted => ProblemCodes.NotTrusted,
        _ => ProblemCodes.Failed,
    };
}
