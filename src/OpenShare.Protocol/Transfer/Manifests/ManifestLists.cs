using System.Collections;

namespace OpenShare.Protocol.Transfer.Manifests;

/// <summary>A manifest's entries as a list: none of them is kept, each is made of its page when it is asked for.</summary>
internal sealed class EntryList(IReadOnlyList<ManifestPage> pages) : IReadOnlyList<TransferEntry>
{
    public int Count => pages.Count == 0 ? 0 : (int)pages[^1].Entries.FirstNumber + pages[^1].Entries.Count;

    public TransferEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            var page = pages[pages.LastAtOrBefore(index, static p => p.Entries.FirstNumber)].Entries;
            return page[index - (int)page.FirstNumber];
        }
    }

    public IEnumerator<TransferEntry> GetEnumerator()
    {
        foreach (var page in pages)
        {
            for (var i = 0; i < page.Entries.Count; i++)
                yield return page.Entries[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A page's parts as a list: each is made when it is asked for.</summary>
internal sealed class PartList(ManifestPage page) : IReadOnlyList<PagePart>
{
    public int Count => page.PartCount;

    public PagePart this[int index] => page.PartAt(index);

    public IEnumerator<PagePart> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return page.PartAt(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
