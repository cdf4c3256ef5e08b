using System.Diagnostics;
using OpenShare.Device.Registration;
using OpenShare.Device.Registration.Http;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Revocation;

namespace OpenShare.EndToEnd.Tests.Registration;

[Collection(Processes.Name)]
public sealed class RevocationPollTests : IDisposable
{
    private readonly HttpRegistrationService _service = new();

    [Fact]
    public async Task A_long_poll_brings_a_revocation_within_a_second()
    {
        using var server = await Server.StartAsync();
        var driver = new RegistrationDriver(_service);
        await driver.RegisterAsync(server.Url, await server.TokenAsync("poll"));
        var (contact, trust) = (driver.Contacts[^1], driver.Held.Issued.Trust.Newest);
        var before = List(await _service.GetRevocationList(contact, 0, null, TimeSpan.Zero, default));
        var version = RevocationList.Read(before.Blob, trust).Version;
        Assert.IsType<RevocationAnswer.NotModified>(Good(await _service.GetRevocationList(contact, version, before.ETag, TimeSpan.FromSeconds(1), default)));

        var poll = _service.GetRevocationList(contact, version, before.ETag, TimeSpan.FromSeconds(60), default);
        var revoking = server.RevokeAsync(driver.Device.ToString());
        await revoking;
        var revoked = Stopwatch.StartNew();
        var news = RevocationList.Read(List(await poll).Blob, trust);

        Assert.True(revoked.Elapsed < TimeSpan.FromSeconds(1), $"learned {revoked.Elapsed.TotalSeconds:0.0} s after the revocation was done");
        Assert.True(news.Revokes(driver.Held.Issued.Certificate));
        Assert.Equal(version + 1, news.Version);

        var delta = Assert.IsType<RevocationAnswer.Delta>(Good(await _service.GetRevocationDelta(contact, version, before.ETag, TimeSpan.Zero, default)));
        Assert.Equal(news.Blob, delta.Made.ApplyTo(RevocationList.Read(before.Blob, trust), trust).Blob);
        Assert.IsType<RevocationAnswer.NotModified>(Good(await _service.GetRevocationDelta(contact, news.Version, delta.ETag, TimeSpan.FromSeconds(1), default)));
    }

    public void Dispose() => _service.Dispose();

    private static T Good<T>(ServiceAnswer<T> answer) => Assert.IsType<ServiceAnswer<T>.Good>(answer).Value;

    private static RevocationAnswer.List List(ServiceAnswer<RevocationAnswer> answer) => Assert.IsType<RevocationAnswer.List>(Good(answer));
}
