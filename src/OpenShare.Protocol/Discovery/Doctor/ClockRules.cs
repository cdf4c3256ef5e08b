using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>The clock, against the registration service's and against what the organisation has signed.</summary>
internal static class ClockRules
{
    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        var clock = facts.Clock;
        if (clock.AheadOfServer is { } ahead && ahead.Duration() > ClockSkew.Allowed)
            yield return Wrong(facts, $"The clock of this machine is {Words(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the registration server's.");
        else if (clock.Floor - clock.Now > ClockSkew.Allowed)
            yield return Wrong(facts, $"The clock of this machine is at least {Words(clock.Floor - clock.Now)} behind: it holds something that the organisation signed later than that.");
        else if (clock.AheadOfServer is not null)
            yield return Finding.Ok(FindingCode.ClockRight, "The clock agrees with the registration server's.");
    }

    private static Finding Wrong(DoctorFacts facts, string what) => Finding.Problem(
        FindingCode.ClockWrong,
        what,
        $"Two clocks may differ by {ClockSkew.Allowed.TotalMinutes:0} minutes. Beyond that certificates look expired, or not valid yet, and devices refuse each other.",
        new Remedy("Have the clock set from the network; if it is right, have the server's looked at.", Remedies.SetClock(facts)));

    private static string Words(TimeSpan time) =>
        time < TimeSpan.FromHours(2) ? $"{time.TotalMinutes:0} minutes"
        : time < TimeSpan.FromDays(2) ? $"{time.TotalHours:0} hours"
        : $"{time.TotalDays:0} days";
}
