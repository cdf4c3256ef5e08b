using System.Collections.Immutable;
using OpenShare.Agent.Documents;

namespace OpenShare.Desktop;

/// <summary>What the agent is known to be doing.</summary>
/// <param name="Status">null: no agent is there, or nothing was heard of it yet</param>
internal sealed record AgentState(StatusDocument? Status, ImmutableDictionary<string, TransferDocument> Transfers, ImmutableArray<ComparisonDocument> Comparisons)
{
    /// <summary>The other devices.</summary>
    internal ImmutableArray<PeerDocument> Peers { get; init; } = [];

    internal static readonly AgentState Offline = new(null, ImmutableDictionary<string, TransferDocument>.Empty, []);

    internal AgentState With(UiEventDocument told) => this with
    {
        Status = told.Status ?? Status,
        Peers = told.Peers is { } peers ? [.. peers] : Peers,
        Comparisons = told.Comparisons is { } comparisons ? [.. comparisons] : Comparisons,
        Transfers = told.Transfer is { } transfer ? Transfers.SetItem(transfer.TransferId, transfer) : Transfers,
    };

    internal IEnumerable<TransferDocument> Active => Transfers.Values.Where(t => !t.IsEnded() && t.State is not (TransferStates.Paused or TransferStates.AwaitingAnswer));

    internal IEnumerable<TransferDocument> Paused => Transfers.Values.Where(t => t.State == TransferStates.Paused);

    /// <summary>Where something can be sent just now.</summary>
    internal IEnumerable<PeerDocument> Reachable => Peers.Where(p => p is { Address: not null, Trust: "certified" or "provisional" });

    internal bool WaitsForPerson => Transfers.Values.Any(t => t.IsOffer()) || Comparisons.Any(c => c.IsAsked);
}

internal static class Transfers
{
    /// <summary>Its person is asked here whether it may come.</summary>
    internal static bool IsOffer(this TransferDocument transfer) => transfer.State == TransferStates.AwaitingAnswer && transfer.IsReceiving();

    internal static bool IsReceiving(this TransferDocument transfer) => transfer.Direction == "receiving";

    internal static string Other(this TransferDocument transfer) =>
        Plain.Line(transfer.PeerName ?? transfer.Peer?[..Math.Min(8, transfer.Peer.Length)] ?? transfer.PeerAddress ?? "a device");
}
