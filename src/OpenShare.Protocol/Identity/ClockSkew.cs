namespace OpenShare.Protocol.Identity;

/// <summary>How far two honest clocks may differ; certificates are backdated by as much.</summary>
public static class ClockSkew
{
    public static readonly TimeSpan Allowed = TimeSpan.FromMinutes(5);
}
