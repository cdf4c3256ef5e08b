namespace OpenShare.Protocol.Transfer.Carriers;

/// <summary>What <see cref="CarrierChoice"/> goes by.</summary>
public sealed record CarrierTuning
{
    public static readonly CarrierTuning Default = new();

    /// <summary>So often it is looked how things go; a time in which the transfer had nothing to send does not count.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Looks that make a measurement.</summary>
    public int Looks { get; init; } = 5;

    /// <summary>Looks after a change that are not measured: it starts slowly, and the old streams still end.</summary>
    public int Settling { get; init; } = 3;

    /// <summary>Of a hundred that TCP made, so many QUIC has to make to stay.</summary>
    public int Gain { get; init; } = 110;

    /// <summary>So long streams by QUIC may take to come.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>So long after QUIC was not to be had, or no better, it is tried again; twice as long each time.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>But no longer than this.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(30);
}
