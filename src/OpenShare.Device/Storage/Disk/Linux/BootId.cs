namespace OpenShare.Device.Storage.Disk.Linux;

/// <summary>The kernel's random name for the time since it was booted.</summary>
internal static class BootId
{
    internal static string Value { get; } = Read();

    private static string Read()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not to be known: then every start counts as a boot, and only what was synced is trusted.
            return Guid.NewGuid().ToString();
        }
    }
}
