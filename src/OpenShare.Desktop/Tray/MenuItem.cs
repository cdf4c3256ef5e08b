using OpenShare.Agent.Documents;

namespace OpenShare.Desktop.Tray;

/// <param name="Label">null: a line between others</param>
/// <param name="Order">null: it is not to be clicked</param>
internal sealed record MenuItem(int Id, string? Label, TrayOrder? Order)
{
    internal const int Root = 0;
    private const int FirstRecent = 100;
    private const int FirstAccept = 200;
    private const int FirstDevice = 300;
    private const int FirstOffer = 400;
    private const int MostRecent = 5;
    private const int MostOffers = 5;
    private const int MostDevices = 20;
    private static readonly (string Word, string Label)[] Accepting = [("own", "Own devices"), ("ask", "Ask me"), ("none", "Nobody")];

    /// <summary>What the order is about.</summary>
    internal string? About { get; init; }

    /// <summary>Of items of which one is chosen; null: it is none of those.</summary>
    internal bool? IsChosen { get; init; }

    internal bool IsEnabled { get; init; } = true;

    internal bool IsVisible { get; init; } = true;

    internal MenuItem[] Children { get; init; } = [];

    internal IEnumerable<MenuItem> All => Children.SelectMany(c => c.All).Prepend(this);

    internal static MenuItem Of(AgentState agent)
    {
        var isThere = agent.Status is not null;
        MenuItem[] recent = [.. agent.Transfers.Values.OrderByDescending(t => t.StartedAt).Take(MostRecent).Select((t, n) => new MenuItem(FirstRecent + n, Words(t), TrayOrder.OpenTransfers))];
        MenuItem[] devices = [.. agent.Reachable.Take(MostDevices).Select((p, n) => new MenuItem(FirstDevice + n, $"To {Plain.Line(p.Name)}…", TrayOrder.SendFiles) { About = p.DeviceId })];
        MenuItem[] accepting = [.. Accepting.Select((a, n) => new MenuItem(FirstAccept + n, a.Label, TrayOrder.AcceptFrom) { About = a.Word, IsChosen = agent.Status?.Accept == a.Word })];
        return new MenuItem(Root, "", null)
        {
            Children =
            [
                .. Offers(agent),
                new MenuItem(1, "Open", TrayOrder.Open) { IsEnabled = isThere },
                new MenuItem(8, "Send files…", null) { IsEnabled = devices.Length > 0, Children = devices },
                new MenuItem(2, "Pause all", TrayOrder.PauseAll) { IsEnabled = agent.Active.Any() },
                new MenuItem(3, "Go on", TrayOrder.GoOn) { IsVisible = agent.Paused.Any() },
                new MenuItem(4, "Recent transfers", null) { IsEnabled = recent.Length > 0, Children = recent },
                new MenuItem(9, "Accept from", null) { IsEnabled = isThere, Children = accepting },
                new MenuItem(5, "Pair a device", TrayOrder.Pair) { IsEnabled = isThere },
                new MenuItem(6, null, null),
                new MenuItem(7, "Quit", TrayOrder.Quit),
            ],
        };
    }

    // Not every desktop's notifications have buttons.
    private static IEnumerable<MenuItem> Offers(AgentState agent)
    {
        foreach (var (offer, n) in agent.Transfers.Values.Where(t => t.IsOffer()).OrderBy(t => t.StartedAt).Take(MostOffers).Select((t, n) => (t, n)))
        {
            var what = $"{Plain.Line(offer.Summary)} from {offer.Other()}";
            yield return new MenuItem(FirstOffer + 3 * n, $"Accept {what}", TrayOrder.AcceptOffer) { About = offer.TransferId };
            yield return new MenuItem(FirstOffer + 3 * n + 1, $"Decline {what}", TrayOrder.DeclineOffer) { About = offer.TransferId };
            yield return new MenuItem(FirstOffer + 3 * n + 2, null, null);
        }
    }

    private static string Words(TransferDocument transfer) =>
        $"{Plain.Line(transfer.Summary)} {(transfer.IsReceiving() ? "from" : "to")} {transfer.Other()}: {transfer.State.Replace('_', ' ')}";
}
