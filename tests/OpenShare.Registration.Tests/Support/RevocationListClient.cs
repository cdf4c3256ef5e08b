using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;

namespace OpenShare.Registration.Tests.Support;

internal static class RevocationListClient
{
    /// <summary>The list, checked as a device checks it, and its ETag.</summary>
    public static async Task<(RevocationList List, string ETag)> GetAsync(TestService service, string query = "", HttpClient? http = null)
    {
        using var response = await (http ?? service.Http).GetAsync(new Uri(RegistrationPaths.RevocationList + query, UriKind.Relative));
        var answer = await response.ReadAsync<RegistrationMessages.RevocationListResponse>();
        var list = RevocationList.Read(SignedBlobs.Parse(answer.Crl, "list"), service.Core.Trust);
        Assert.Equal(answer.CrlVersion, list.Version);
        Assert.False(response.Headers.ETag!.IsWeak);
        return (list, response.Headers.ETag.Tag);
    }

    /// <summary>Whether the list revokes a device that is registered there.</summary>
    public static async Task<bool> RevokesAsync(this TestService service, RevocationList list, DeviceId device) =>
        list.Names(device, (ulong)(await service.Admin.ShowDeviceAsync(device.ToString(), default)).Value().DeviceNo);
}

/// <summary>Waits for what another thread is about to make true, and not a moment longer.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<T> TrueAsync<T>(Func<Task<T>> look, Func<T, bool> isTrue)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var seen = await look();
            if (isTrue(seen))
                return seen;
            Assert.False(deadline.IsCancellationRequested, $"still {seen} after {Deadline}");
            // What is waited for may need the processor.
            await Task.Delay(Pause);
        }
    }
}
