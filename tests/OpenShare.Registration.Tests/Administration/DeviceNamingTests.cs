using System.Net;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Administration;

/// <summary>Which device is meant by what an administrator types.</summary>
public sealed class DeviceNamingTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_full_id_means_its_device_however_many_others_are_named_so()
    {
        var lost = new TestDevice(name: "lost");
        for (var other = 0; other < 20; other++)
            await RegisterAsync(new TestDevice(name: lost.Id.ToString()));
        await RegisterAsync(lost);

        Assert.Equal("lost", (await _service.Admin.ShowDeviceAsync(lost.Id.ToString().ToUpperInvariant(), default)).Value().Name);
        Assert.Equal("lost", (await _service.Admin.RevokeDeviceAsync(lost.Id.ToString(), new RevokeDevice(), default)).Value().Name);
    }

    [Fact]
    public async Task What_fits_several_or_none_is_said()
    {
        await RegisterAsync(new TestDevice(name: "twin"));
        await RegisterAsync(new TestDevice(name: "twin"));

        Assert.Contains("fits several devices: twin (", await RefusedAsync("twin"), StringComparison.Ordinal);
        foreach (var nobody in (string[])["", "nobody", "%"])
            Assert.Contains($"No device has the name or id '{nobody}'", await RefusedAsync(nobody), StringComparison.Ordinal);
    }

    private async Task RegisterAsync(TestDevice device)
    {
        using var response = await device.RegisterAsync(_service.Http, await _service.TokenAsync());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private async Task<string> RefusedAsync(string which) =>
        Assert.IsType<Outcome<Device>.Refused>(await _service.Admin.ShowDeviceAsync(which, default)).Refusal.Detail;
}
