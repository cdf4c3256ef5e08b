using System.Net.Quic;
using System.Runtime.InteropServices;

namespace OpenShare.Device.Transport.Quic;

/// <summary>MsQuic, which System.Net.Quic needs: there where somebody installed it.</summary>
public static class QuicLibrary
{
    private const string Name = "libmsquic.so.2";

    private static readonly Lock Gate = new();
    private static bool? _isThere;

    /// <summary>Looked for once in a process, before the first connection.</summary>
    /// <param name="path">of the library, where it lies in no place that the system looks at; null: where the system looks</param>
    /// <exception cref="TransportException">it is not there, or is no such library</exception>
    public static bool IsThere(string? path = null)
    {
        lock (Gate)
            return _isThere ??= Load(path);
    }

    private static bool Load(string? path)
    {
        // Not on Windows, though Windows 11 has it: TLS there (Schannel) takes no key that lies in memory alone, as those of
        // QuicCertificate do, and nothing of this was ever run there.
        if (OperatingSystem.IsWindows())
            return false;
        var library = IntPtr.Zero;
        if (path is not null)
        {
            try
            {
                // Once loaded under its own name it is found by that.
                library = NativeLibrary.Load(path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                throw new TransportException($"The QUIC library cannot be loaded from {path}: {error.Message}", error);
            }
        }
        else if (OperatingSystem.IsLinux())
        {
            NativeLibrary.TryLoad(Name, out library);
        }
        if (library != IntPtr.Zero)
            MsQuicSettings.Apply(library);
        return (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) && QuicListener.IsSupported;
    }
}
