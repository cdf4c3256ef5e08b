using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Commands;
using OpenShare.Registration.Tests.Support;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Administration;

/// <summary>However many devices there are, one answer has a page of them.</summary>
public class DeviceListTests : IAsyncLifetime
{
    protected virtual bool OnPostgres => false;

    private TestService Service { get; set; } = null!;

    public async Task InitializeAsync() => Service = await TestService.StartAsync(onPostgres: OnPostgres);

    public async Task DisposeAsync() => await Service.DisposeAsync();

    [Fact]
    public async Task The_command_lists_all_of_them_page_by_page()
    {
        await Service.AddDevicesAsync(2 * MostDevices + 1);
        Service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Service.AdminCredential);
        using (var page = JsonDocument.Parse(await Service.Http.GetStringAsync("/v1/admin/devices")))
            Assert.Equal(MostDevices, page.RootElement.GetProperty("devices").GetArrayLength());

        using var output = new StringWriter();
        Assert.Equal(0, await CommandLine.RunAsync(["device", "list", "--account", "alice", "--json", "--data", Service.Data.ToString()], output, TextWriter.Null));
        using var list = JsonDocument.Parse(output.ToString());
        Assert.Equal(["devices"], list.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            Enumerable.Range(1, 2 * MostDevices + 1).Select(n => $"number {n}"),
            list.RootElement.GetProperty("devices").EnumerateArray().Select(d => d.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_page_ends_where_the_next_begins()
    {
        await Service.AddDevicesAsync(5);

        var first = await FindAsync(new DeviceQuestion(Most: 2));
        var second = await FindAsync(new DeviceQuestion(Most: 2, After: first.Next!.Value));
        var last = await FindAsync(new DeviceQuestion(Most: 2, After: second.Next!.Value));

        Assert.Equal(["number 1", "number 2", "number 3", "number 4", "number 5"], first.Devices.Concat(second.Devices).Concat(last.Devices).Select(d => d.Name));
        Assert.Null(last.Next);
        Assert.Null((await FindAsync(new DeviceQuestion(Most: 5))).Next);
    }

    [Theory]
    [InlineData("number 1", "number 1")]
    [InlineData("  NUMBER 2 ", "number 2")]
    [InlineData("Äpfel", "Äpfel's laptop")]
    [InlineData("0000002", "number 2")]
    [InlineData("alic", "number 1,number 2")]
    [InlineData("bob", "Äpfel's laptop")]
    [InlineData("%", "")]
    [InlineData("_", "")]
    [InlineData("", "number 1,number 2,Äpfel's laptop")]
    public async Task What_is_searched_for_is_in_the_name_the_id_or_the_account(string text, string expected)
    {
        await Service.AddDevicesAsync(2);
        var other = new TestDevice("bob", "Äpfel's laptop");
        using (await other.RegisterAsync(Service.Http, await Service.TokenAsync("bob"))) { }

        var found = await FindAsync(new DeviceQuestion(Search: text));

        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(), found.Devices.Select(d => d.Name).Order());
        Assert.Empty((await FindAsync(new DeviceQuestion(AccountId.Parse("carol"), text))).Devices);
    }

    [Theory]
    [InlineData("most=0")]
    [InlineData("most=1001")]
    [InlineData("most=all")]
    [InlineData("after=-1")]
    [InlineData("after=99999999999999999999")]
    public async Task What_is_no_page_is_said(string query)
    {
        Service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Service.AdminCredential);
        await Service.Http.GetAsync(new Uri("/v1/admin/devices?" + query, UriKind.Relative)).RefusedAsync(HttpStatusCode.BadRequest, RegistrationProblems.MalformedBody);
    }

    [Fact]
    public async Task Keys_and_certificates_are_not_read_for_it()
    {
        var question = await Service.Core.Store.ReadAsync(db => Task.FromResult(db.Devices.Of(new DeviceQuestion()).Shown(Service.Time.GetUtcNow()).ToQueryString()));

        Assert.Contains("device_id", question, StringComparison.Ordinal);
        Assert.DoesNotContain("public_key", question, StringComparison.Ordinal);
        Assert.DoesNotMatch("certificate\\W", question);
    }

    private async Task<DeviceList> FindAsync(DeviceQuestion question)
    {
        using var owner = await SocketAdministration.TryConnectAsync(Service.Data.Socket, default);
        return (await owner!.FindDevicesAsync(question, default)).Value();
    }
}
