using OpenShare.Device.Transport.Quic;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>Tests of QUIC run where its library is: in a place that the system looks at, or where OPENSHARE_MSQUIC says.</summary>
internal static class QuicHere
{
    private const string Variable = "OPENSHARE_MSQUIC";

    internal static void Needed() => Skip.IfNot(
        QuicLibrary.IsThere(Environment.GetEnvironmentVariable(Variable)),
        "This machine has no QUIC library; OPENSHARE_MSQUIC=/path/to/libmsquic.so.2 says where one lies.");

    /// <summary>Its agent, from the next start on, has its links and streams go so.</summary>
    internal static void Carriers(this TestDevice device, string rule)
    {
        device.Environment["OPENSHARE__CARRIERS"] = rule;
        if (Environment.GetEnvironmentVariable(Variable) is { } library)
            device.Environment[Variable] = library;
    }
}
