using OpenShare.Agent;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Cli.Invocation;
using OpenShare.Cli.Output;

namespace OpenShare.Cli.Commands;

/// <summary>One transfer to one device, from the request to the verified receipt.</summary>
internal sealed class Sending(CommandRun run, SendRequest request, Sent begun)
{
    /// <summary>A device that is announced and never answers: gone, or behind a firewall.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestCancel = TimeSpan.FromSeconds(10);

    /// <summary>An agent that has begun says so at once; only one that still looks for the device does not.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    /// <summary>How far it has come: as long as it has not ended, another agent can go on with it.</summary>
    internal Sent Sent { get; private set; } = begun;

    /// <summary>Until it has ended, or its agent has stopped.</summary>
    internal async Task RunAsync(AgentSession session, SendProgress progress)
    {
        if (Sent is Sent.NotBegun && run.Interrupted.IsCancellationRequested)
        {
            Sent = new Sent.Ended(ExitCode.Cancelled);
            return;
        }
        using var bar = progress.Begin(request.To);
        try
        {
            if (await GoOnAsync(session, bar) is { } code)
                Sent = new Sent.Ended(code);
        }
        catch (LocalApiException e) when (e.Code == LocalApiException.NoAgent && Sent is Sent.Underway && !session.IsHosted)
        {
            // It has stopped between two requests.
        }
        catch (LocalApiException e)
        {
            // One device that cannot be sent to keeps no other from its files.
            bar.Dispose();
            run.Warn(e.Message);
            Sent = new Sent.Ended(ExitCode.Of(e));
        }
    }

    /// <returns>the command's exit code; null where the agent has stopped, and another can go on</returns>
    private async Task<int?> GoOnAsync(AgentSession session, SendProgress.Bar bar)
    {
        // While one agent followed another.
        if (Sent is Sent.Underway(var begun, _) && run.Interrupted.IsCancellationRequested)
            return Tell(await CancelAsync(session.Client, begun), bar);
        var transfer = await AskAsync(Sent is Sent.Underway(var id, _)
            ? patience => session.Client.GetTransferAsync(id, patience)
            : patience => session.Client.SendAsync(request, patience));
        Sent = Sent as Sent.Underway ?? new Sent.Underway(transfer.TransferId, IsHeard: false);
        return await StayAsync(session, transfer, bar);
    }

    /// <returns>the command's exit code; null where the agent has stopped, and another can go on</returns>
    private async Task<int?> StayAsync(AgentSession session, TransferDocument transfer, SendProgress.Bar bar)
    {
        switch (await FollowAsync(session.Client, transfer, bar))
        {
            case Course.Ended ended:
                return Tell(ended.Transfer, bar);
            case Course.Interrupted:
                return Tell(await CancelAsync(session.Client, transfer.TransferId), bar);
            case Course.Silent:
                await CancelAsync(session.Client, transfer.TransferId);
                run.Warn($"{TransferText.Peer(transfer)} does not answer{(transfer.PeerAddress is { } address ? " at " + address : "")}. Is OpenShare running there, and its port open?");
                return ExitCode.DeviceNotFound;
            case Course.AgentGone when session.IsHosted:
                run.Warn($"The device stopped by itself; the transfer {Words.Short(transfer.TransferId)} goes on with: openshare agent");
                return ExitCode.Failed;
            default:
                return null;
        }
    }

    // Interrupted just when the agent begins, or goes on, its answer is waited for: it alone says what is to be cancelled.
    private async Task<TransferDocument> AskAsync(Func<CancellationToken, Task<TransferDocument>> ask)
    {
        using var patience = new CancellationTokenSource();
        await using var interrupted = run.Interrupted.Register(() => patience.CancelAfter(LongestAnswer));
        return await ask(patience.Token);
    }

    private async Task<Course> FollowAsync(LocalApiClient client, TransferDocument transfer, SendProgress.Bar bar)
    {
        using var silence = new CancellationTokenSource(Sent is Sent.Underway { IsHeard: true } ? Timeout.InfiniteTimeSpan : LongestSilence, run.Shell.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, run.Interrupted);
        try
        {
            await foreach (var now in client.WatchTransferAsync(transfer.TransferId, stop.Token))
            {
                if (now.State != TransferStates.Connecting)
                {
                    silence.CancelAfter(Timeout.Infinite);
                    Sent = new Sent.Underway(transfer.TransferId, IsHeard: true);
                }
                bar.Show(now);
                if (now.IsEnded())
                    return new Course.Ended(now);
            }
            return new Course.AgentGone();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return run.Interrupted.IsCancellationRequested ? new Course.Interrupted() : new Course.Silent();
        }
        catch (LocalApiException e) when (e.Code == LocalApiException.NoAgent)
        {
            return new Course.AgentGone();
        }
    }

    private static async Task<TransferDocument> CancelAsync(LocalApiClient client, string transfer)
    {
        using var limit = new CancellationTokenSource(LongestCancel);
        var last = await client.CancelTransferAsync(transfer, limit.Token);
        try
        {
            // Too late: all of it is there, and its receipt on its way.
            if (!last.IsEnded())
            {
                await foreach (var now in client.WatchTransferAsync(transfer, limit.Token))
                    last = now;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Said is what is known.
        }
        return last;
    }

    private int Tell(TransferDocument ended, SendProgress.Bar bar)
    {
        bar.Dispose();
        var code = ExitCode.Of(ended);
        if (run.Json)
            run.Print(ended, AgentJson.Readable.TransferDocument);
        if (code != ExitCode.Done)
            run.Warn(TransferText.Ending(ended));
        else if (!run.Json)
            run.Say(TransferText.Ending(ended));
        return code;
    }

    private abstract record Course
    {
        internal sealed record Ended(TransferDocument Transfer) : Course;

        internal sealed record Interrupted : Course;

        /// <summary>Never connected.</summary>
        internal sealed record Silent : Course;

        internal sealed record AgentGone : Course;
    }
}
