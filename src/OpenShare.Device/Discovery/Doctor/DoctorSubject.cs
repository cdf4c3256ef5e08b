using System.Net;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery.Doctor;

/// <summary>Whom the question is about: why can this device not see or reach …?</summary>
public abstract record DoctorSubject
{
    private DoctorSubject() { }

    /// <summary>The devices in sight, and those known from before.</summary>
    public sealed record Everybody : DoctorSubject;

    public sealed record Device(DeviceId Id) : DoctorSubject;

    /// <summary>Whoever is at an address that a person typed.</summary>
    public sealed record Place(IPEndPoint EndPoint) : DoctorSubject;
}
