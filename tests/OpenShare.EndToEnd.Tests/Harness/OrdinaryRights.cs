namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Root reads what nobody may read. To run a program as a person does, root's right to that is taken from it.</summary>
internal static class OrdinaryRights
{
    private const string Without = "-dac_override,-dac_read_search";

    /// <summary>What to run a program within.</summary>
    public static string[] Within =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--inh-caps", Without, "--bounding-set", Without] : [];
}
