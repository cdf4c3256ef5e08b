using OpenShare.Agent.Browsing;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop;

/// <summary>Does what a person chose, by the agent's API.</summary>
/// <param name="openPage">where to begin, or null; false: there is no browser</param>
internal sealed class DesktopOrders(Func<LocalApiClient, string?, CancellationToken, Task<bool>> openPage)
{
    internal const string NoBrowser = "There is no program here that opens a browser. The page's link: openshare ui --print";

    /// <exception cref="LocalApiException">the agent refused, or is gone</exception>
    internal async Task DoAsync(TrayOrder order, string? about, LocalApiClient client, AgentState agent, CancellationToken cancellation)
    {
        switch (order)
        {
            case TrayOrder.PauseAll:
                foreach (var transfer in agent.Active)
                    await UnlessOverAsync(client.PauseTransferAsync(transfer.TransferId, cancellation));
                break;
            case TrayOrder.GoOn:
                foreach (var transfer in agent.Paused)
                    await UnlessOverAsync(client.ResumeTransferAsync(transfer.TransferId, cancellation));
                break;
            case TrayOrder.AcceptOffer or TrayOrder.DeclineOffer:
                await client.AnswerOfferAsync(about!, order == TrayOrder.AcceptOffer, always: false, saveTo: null, cancellation);
                break;
            case TrayOrder.AcceptFrom:
                await client.ChangeSettingsAsync(new SettingsRequest(Accept: about), cancellation);
                break;
            case TrayOrder.Open or TrayOrder.OpenTransfers or TrayOrder.Pair:
                await OpenAsync(client, order switch { TrayOrder.Pair => PageLink.Pairing, TrayOrder.OpenTransfers => PageLink.Transfers, _ => null }, cancellation);
                break;
        }
    }

    /// <exception cref="LocalApiException">the agent refused, or is gone</exception>
    internal async Task AnswerAsync(Notice notice, string action, LocalApiClient client, CancellationToken cancellation)
    {
        if (action == NoticeAction.Open.Id)
            await OpenAsync(client, notice.Page, cancellation);
        else if (notice.Key.Split(' ') is ["offer", var id])
            await client.AnswerOfferAsync(id, action == NoticeAction.Accept.Id, always: false, saveTo: null, cancellation);
    }

    /// <summary>What was chosen to be sent.</summary>
    /// <param name="paths">null: nothing here shows a chooser, so the page is to do</param>
    internal async Task SendAsync(IReadOnlyList<string>? paths, string device, LocalApiClient client, CancellationToken cancellation)
    {
        if (paths is null)
            await OpenAsync(client, page: null, cancellation);
        else if (paths.Count > 0)
            await client.SendAsync(new SendRequest(paths, device), cancellation);
    }

    /// <summary>Opens the page on which the device of these is chosen.</summary>
    /// <param name="paths">absolute</param>
    /// <exception cref="LocalApiException">the agent refused, or is gone</exception>
    internal async Task HandOverAsync(IReadOnlyList<string> paths, LocalApiClient client, CancellationToken cancellation) =>
        await OpenAsync(client, PageLink.Send((await client.SelectAsync(paths, cancellation)).Id!), cancellation);

    private async Task OpenAsync(LocalApiClient client, string? page, CancellationToken cancellation)
    {
        if (!await openPage(client, page, cancellation))
            throw new LocalApiException(ProblemCodes.Failed, NoBrowser);
    }

    // One that has just ended is not to keep the others from being paused.
    private static async Task UnlessOverAsync(Task<TransferDocument> order)
    {
        try
        {
            await order;
        }
        catch (LocalApiException e) when (e.Code != LocalApiException.NoAgent)
        {
        }
    }
}
