namespace OpenShare.Protocol.Transfer;

internal static class PageSearch
{
    /// <summary>
    /// The page that has a chunk or an entry: one that has none shares its first number with the next, so the last that begins at or before it.
    /// </summary>
    /// <param name="first">where a page begins: growing from page to page</param>
    /// <returns>its index; 0 where none begins so early</returns>
    internal static int LastAtOrBefore(this IReadOnlyList<ManifestPage> pages, long number, Func<ManifestPage, long> first)
    {
        int low = 0, high = pages.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (first(pages[middle]) <= number)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
