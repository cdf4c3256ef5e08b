namespace OpenShare.Simulation;

/// <summary>Where a scenario begins: <c>Lan.With(24).Devices().FlappingWiFi().SendingRandomTrees().For(2.Hours()).Seed(7).Run()</c>.</summary>
public static class Lan
{
    public static Crowd With(int count) => new(count);

    /// <summary>So many of what is named next.</summary>
    public readonly record struct Crowd(int Count)
    {
        /// <summary>Devices of one account on one network, registered with one service.</summary>
        public Scenario Devices() => new(Count);
    }
}

/// <summary>Times as one says them: <c>2.Hours()</c>, <c>90.Seconds()</c>.</summary>
public static class Times
{
    public static TimeSpan Hours(this int count) => TimeSpan.FromHours(count);

    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);

    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Milliseconds(this int count) => TimeSpan.FromMilliseconds(count);
}
