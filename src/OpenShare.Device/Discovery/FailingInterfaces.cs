using System.Collections.Immutable;
using OpenShare.Protocol.Discovery;

namespace OpenShare.Device.Discovery;

/// <summary>What does not work now: as the last look at the interfaces found it, and as the last packet in each way fared.</summary>
internal sealed class FailingInterfaces
{
    private readonly SortedDictionary<(int Interface, DiscoveryMedium Way), InterfaceFailure> _sending = [];
    private ImmutableArray<InterfaceFailure> _looking = [];

    internal ImmutableArray<InterfaceFailure> All => [.. _looking, .. _sending.Values.Where(s => !_looking.Any(l => l.Interface == s.Interface))];

    internal void Looked(DiscoveryInterfaces interfaces)
    {
        _looking = interfaces.Failed;
        foreach (var gone in _sending.Keys.Where(k => !interfaces.Usable.Any(i => i.Index == k.Interface)).ToList())
            _sending.Remove(gone);
    }

    /// <param name="failure">null: it was sent</param>
    /// <returns>true: it fared otherwise than the one before</returns>
    internal bool Sent(int networkInterface, DiscoveryMedium way, InterfaceFailure? failure)
    {
        if (failure is null)
            return _sending.Remove((networkInterface, way));
        var isNews = _sending.GetValueOrDefault((networkInterface, way)) != failure;
        _sending[(networkInterface, way)] = failure;
        return isNews;
    }
}
