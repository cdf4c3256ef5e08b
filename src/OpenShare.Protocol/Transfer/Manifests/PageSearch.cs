namespace OpenShare.Protocol.Transfer.Manifests;

internal static class PageSearch
{
    /// <summary>
    /// Where in a list a chunk or an entry lies: what has none shares its first number with the next, so the last that begins at or before it.
    /// </summary>
    /// <param name="first">where one begins: growing from one to the next</param>
    /// <returns>its index; 0 where none begins so early</returns>
    internal static int LastAtOrBefore<T>(this IReadOnlyList<T> list, long number, Func<T, long> first)
    {
        int low = 0, high = list.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (first(list[middle]) <= number)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
