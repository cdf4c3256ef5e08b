namespace OpenShare.Registration.Keys;

/// <summary>What opening a key file costs whoever opens it, and whoever tries passphrases (Argon2id, RFC 9106).</summary>
/// <param name="MemoryKib">of 1024 bytes</param>
/// <param name="Passes">over that memory</param>
internal sealed record SealingCost(int MemoryKib, int Passes)
{
    // Above the most the file asks for minutes or for all memory; below the least, its passphrase could be searched for.
    internal const int MostMemoryKib = 1024 * 1024, MostPasses = 16, LeastMemoryKib = 8 * 1024;

    /// <summary>What people's files have.</summary>
    internal static readonly SealingCost Full = new(64 * 1024, 3);

    /// <summary>The least that is opened: for tests that make hundreds of files.</summary>
    internal static readonly SealingCost Least = new(LeastMemoryKib, 1);
}
