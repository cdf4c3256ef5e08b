namespace OpenShare.Protocol.Transfer;

internal static class Deadlines
{
    /// <returns>null where neither is set</returns>
    internal static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;
}
