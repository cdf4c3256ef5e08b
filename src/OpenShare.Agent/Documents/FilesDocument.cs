using System.Text.Json.Serialization;

namespace OpenShare.Agent.Documents;

/// <summary>How far each file of a transfer is: counts of all of them, and those that were asked for.</summary>
/// <param name="LeftOut">withdrawn by the sender, or refused or skipped by the receiver</param>
/// <param name="Next">what to ask <c>from</c> for those that follow; left out where none do</param>
public sealed record FilesDocument(
    int Done, int UnderWay, int ToCome, int LeftOut, IReadOnlyList<FileDocument> List,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] uint? Next = null);

/// <param name="State">done, under_way, to_come or left_out</param>
/// <param name="BytesDone">verified and written at the receiver</param>
public sealed record FileDocument(string Path, string State, long Size, long BytesDone);
