using System.Text.Json.Serialization;

namespace OpenShare.Agent.Documents;

/// <summary>What <c>openshare ui --json</c> prints.</summary>
/// <param name="Url">good once, for two minutes</param>
public sealed record UiLinkDocument(string Url);

/// <summary>A line of what the web UI follows: one of these, whole, whenever it has changed. One connection for all of it, since a browser has six.</summary>
public sealed record UiEventDocument
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StatusDocument? Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PeerDocument>? Peers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ComparisonDocument>? Comparisons { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TransferDocument? Transfer { get; init; }

    /// <summary>Of which kind it is, and of what.</summary>
    internal string Key => Status is not null ? "status" : Peers is not null ? "peers" : Comparisons is not null ? "comparisons" : Transfer!.TransferId;
}

/// <summary>Where files lie that a person has dropped on the page: they are sent from there, and gone when that is over.</summary>
/// <param name="Directory">absolute</param>
public sealed record DropDocument(string Id, string Directory);

/// <param name="TransferId">that sends what was dropped</param>
public sealed record DropSent(string TransferId);

/// <summary>Files that were chosen, whose device is to be chosen yet.</summary>
/// <param name="Paths">absolute</param>
/// <param name="Id">said once, to whoever handed them over</param>
public sealed record SelectionDocument(IReadOnlyList<string> Paths, string? Id = null);

/// <summary>What a QR in a picture says.</summary>
public sealed record QrTextDocument(string Text);
