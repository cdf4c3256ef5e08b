using System.Runtime.InteropServices;

namespace OpenShare.Device.Transport.Quic;

/// <summary>
/// What System.Net.Quic does not let one choose, set in the library itself before its first connection: BBR in the place of
/// Cubic, which under loss would be no faster than TCP's. Only in a version whose structures were looked at; another serves
/// as it is.
/// </summary>
internal static unsafe class MsQuicSettings
{
    // msquic.h of 2.5.10.
    private const uint ApiVersion = 2;
    private const uint LibraryVersion = 0x01000004;
    private const uint GlobalSettings = 0x01000005;
    private const int SetParam = 3;
    private const int GetParam = 4;
    private const int SettingsSize = 144;
    private const int CongestionControlAt = 92;
    private const int CongestionControlBit = 17;
    private const ushort Bbr = 1;

    internal static readonly Version LookedAt = new(2, 5, 10);

    /// <summary>The library's, as major, minor, patch; null: not asked yet.</summary>
    internal static Version? Version { get; private set; }

    /// <summary>The library says that it goes by BBR.</summary>
    internal static bool IsApplied { get; private set; }

    internal static void Apply(IntPtr library)
    {
        if (!NativeLibrary.TryGetExport(library, "MsQuicOpenVersion", out var open))
            return;
        void** table;
        if (((delegate* unmanaged[Cdecl]<uint, void***, int>)open)(ApiVersion, &table) != 0)
            return;
        // The table stays open: with the last of them what was set is gone.
        Span<uint> version = stackalloc uint[4];
        var size = (uint)(version.Length * sizeof(uint));
        fixed (uint* at = version)
        {
            if (Get(table, LibraryVersion, &size, at) != 0)
                return;
        }
        Version = new Version((int)version[0], (int)version[1], (int)version[2]);
        if (Version != LookedAt)
            return;
        Span<byte> settings = stackalloc byte[SettingsSize];
        settings.Clear();
        BitConverter.TryWriteBytes(settings, 1UL << CongestionControlBit);
        BitConverter.TryWriteBytes(settings[CongestionControlAt..], Bbr);
        fixed (byte* at = settings)
        {
            if (((delegate* unmanaged[Cdecl]<void*, uint, uint, void*, int>)table[SetParam])(null, GlobalSettings, SettingsSize, at) != 0)
                return;
            size = SettingsSize;
            IsApplied = Get(table, GlobalSettings, &size, at) == 0 && BitConverter.ToUInt16(settings[CongestionControlAt..]) == Bbr;
        }
    }

    private static int Get(void** table, uint parameter, uint* size, void* value) =>
        ((delegate* unmanaged[Cdecl]<void*, uint, uint*, void*, int>)table[GetParam])(null, parameter, size, value);
}
