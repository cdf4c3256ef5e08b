using OpenShare.Desktop.Linux;
using OpenShare.Desktop.Linux.Bus;

namespace OpenShare.Desktop.Tests.Support;

/// <summary>A desktop's portal, whose person answers at once.</summary>
internal sealed class TestPortal : IBusObject, IAsyncDisposable
{
    private readonly BusConnection _bus;
    private readonly uint _response;
    private readonly object[] _uris;

    private TestPortal(BusConnection bus, uint response, string[] uris) => (_bus, _response, _uris) = (bus, response, [.. uris]);

    internal string? Title { get; private set; }

    internal int Answered { get; private set; }

    internal static async Task<TestPortal> StartAsync(PrivateBus on, uint response, params string[] uris)
    {
        var portal = new TestPortal(await on.ConnectAsync(), response, uris);
        portal._bus.Export(FileChooser.PortalPath, portal);
        await portal._bus.CallBusAsync("RequestName", new BusBody("su", FileChooser.Portal, 0u), CancellationToken.None);
        return portal;
    }

    public BusBody Call(string? @interface, string member, object[] arguments)
    {
        if (@interface != FileChooser.Interface || member != "OpenFile")
            throw new BusException(BusException.UnknownMethod, member);
        Title = (string)arguments[1];
        var options = ((object[])arguments[2]).Cast<object[]>().ToDictionary(o => (string)o[0], o => o[1]);
        Xunit.Assert.Equal(true, options["multiple"]);
        _ = AnswerAsync((string)options["handle_token"]);
        return new BusBody("o", $"{FileChooser.PortalPath}/request/it");
    }

    // At the object of whoever asked, whose name is in its path.
    private async Task AnswerAsync(string token)
    {
        var results = new object[] { new object[] { "uris", new Variant("as", _uris) } };
        foreach (var name in ((object[])(await _bus.CallBusAsync("ListNames", BusBody.Empty, CancellationToken.None)).Values[0]).Cast<string>().Where(n => n[0] == ':'))
            await _bus.EmitAsync($"{FileChooser.PortalPath}/request/{name[1..].Replace('.', '_')}/{token}", FileChooser.Request, "Response", new BusBody("ua{sv}", _response, results));
        Answered++;
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
