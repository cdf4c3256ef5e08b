namespace OpenShare.Simulation.Service;

/// <summary>How the way to the registration service is, and how busy it is. May be changed at any time.</summary>
public sealed class ServiceConditions
{
    /// <summary>One way.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>At most so much more than the latency.</summary>
    public TimeSpan Jitter { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the service takes to answer what it can answer at once.</summary>
    public TimeSpan Work { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Of one: requests that never arrive.</summary>
    public double RequestLoss { get; set; }

    /// <summary>Of one: answers that never arrive, though the service did what was asked.</summary>
    public double AnswerLoss { get; set; }

    /// <summary>Beside the above: whether the answer to this path is lost.</summary>
    public Func<string, bool>? LosesAnswer { get; set; }

    /// <summary>A service that is down says nothing, as behind a firewall; else its machine refuses the connection.</summary>
    public bool IsSilentWhenDown { get; set; }
}
