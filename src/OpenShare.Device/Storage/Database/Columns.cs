namespace OpenShare.Device.Storage.Database;

/// <summary>How values stand in columns: times as Unix milliseconds, enums by name, unsigned numbers bit for bit.</summary>
internal static class Columns
{
    internal static long Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    internal static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    internal static long Of(ulong value) => unchecked((long)value);

    internal static ulong Unsigned(long value) => unchecked((ulong)value);

    /// <exception cref="StorageException">a name this program does not know</exception>
    internal static T Named<T>(string name) where T : struct, Enum =>
        Enum.TryParse<T>(name, out var value) && Enum.IsDefined(value)
            ? value
            : throw new StorageException($"The database holds '{name}', which is no {typeof(T).Name} that this program knows. Update OpenShare.");
}
