namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>How long is waited for what should come at once, on a slow and busy machine.</summary>
internal static class Patience
{
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
}
