using System.Collections.Immutable;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Places;

/// <summary>All that <see cref="DuplicateCases"/> wants done.</summary>
public abstract record DuplicateEffect(DeviceId Device)
{
    /// <summary>Ask whoever is at this place for a proof that it holds the device's key, and tell <see cref="DuplicateCases.HandleAnswered"/>.</summary>
    /// <param name="Round">of the challenges of this device: an answer is good for its own alone</param>
    public sealed record Challenge(DeviceId Device, int Round, PeerPlace Place) : DuplicateEffect(Device);

    /// <summary>The device is at one of the places; whoever announces it at these has not its key, and is to be ignored until then.</summary>
    public sealed record Forged(DeviceId Device, ImmutableArray<PeerPlace> Places, DateTimeOffset Until) : DuplicateEffect(Device);

    /// <summary>Two runs at two places hold one key: one of them is a copy, and which one nobody can tell from here.</summary>
    public sealed record Cloned(DeviceId Device, ImmutableArray<PeerPlace> Places) : DuplicateEffect(Device);

    /// <summary>Its user says that there is no copy any more, and nobody could be reached who would have shown that: it stays refused.</summary>
    public sealed record Unresolved(DeviceId Device, ImmutableArray<PeerPlace> Places) : DuplicateEffect(Device);

    /// <summary>It is no longer refused.</summary>
    public sealed record Settled(DeviceId Device) : DuplicateEffect(Device);
}
