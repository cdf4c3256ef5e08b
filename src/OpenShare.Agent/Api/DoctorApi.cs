using OpenShare.Agent.Documents;
using OpenShare.Device.Discovery.Doctor;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Agent.Api;

/// <summary>Why this device may not see or reach another. The answer takes some seconds.</summary>
internal sealed class DoctorApi(AgentContext agent)
{
    // A device that was never met comes in sight by then, or not at all.
    private static readonly TimeSpan BeforeUnknown = TimeSpan.FromSeconds(3);

    private readonly DeviceResolver _resolver = new(agent);

    internal void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/doctor", (RequestDelegate)Diagnose);

    private async Task Diagnose(HttpContext http)
    {
        var started = agent.Time.GetTimestamp();
        var subject = new DoctorSubject.Everybody() as DoctorSubject;
        if (http.Request.Query["device"].FirstOrDefault() is { Length: > 0 } text)
        {
            switch (await Find(text, http.RequestAborted))
            {
                case DeviceResolution.Found { Target: SendTarget.Device device }:
                    subject = new DoctorSubject.Device(device.Id);
                    break;
                case DeviceResolution.Found { Target: SendTarget.Address address }:
                    subject = new DoctorSubject.Place(address.EndPoint);
                    break;
                case DeviceResolution.Ambiguous ambiguous:
                    await Reply.Problem(http, ProblemCodes.Ambiguous, ambiguous.Message);
                    return;
                default:
                    await Reply.Problem(
                        http, ProblemCodes.DeviceNotFound,
                        $"No device '{Printable.Shorten(text, 64)}' is in sight or known here. Without a name, openshare doctor looks at the whole network; HOST:PORT names a place.");
                    return;
            }
        }
        var diagnosis = await agent.Device.Diagnose(subject, http.RequestAborted);
        await Reply.Json(http, diagnosis.Document(agent.Time.GetElapsedTime(started)), AgentJson.Readable.DoctorDocument);
    }

    // One that is known and not in sight is just what is asked about.
    private async Task<DeviceResolution> Find(string text, CancellationToken cancellation) =>
        DeviceResolver.Matching(text, await agent.Device.GetPeers(cancellation)) is [var known]
            ? new DeviceResolution.Found(new SendTarget.Device(known.DeviceId))
            : await _resolver.Resolve(text, BeforeUnknown, cancellation);
}
