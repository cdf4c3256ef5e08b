using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Linux;
using OpenShare.Desktop.Linux.Bus;
using OpenShare.Desktop.Tests.Support;
using OpenShare.Device.Hosting;
using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Desktop.Tests;

/// <summary>The icon on a real bus, with a panel that the test plays.</summary>
public sealed class TrayTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    [SkippableFact]
    public async Task The_icon_is_announced_and_says_what_the_agent_does()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();

        await TitleAsync(watcher, "OpenShare");
        _device.SetTransfer(Some.Transfer);
        await TitleAsync(watcher, "OpenShare is sending");
        _device.SetTransfer(Some.Transfer with { Direction = TransferDirection.Receiving });
        await TitleAsync(watcher, "OpenShare is receiving");
        _device.SetTransfer(Some.Transfer with { Direction = TransferDirection.Receiving, State = TransferState.AwaitingAnswer });
        await TitleAsync(watcher, "OpenShare needs you");
        _device.SetTransfer(Some.Completed);
        foreach (var trust in (PeerTrust[])[PeerTrust.Expired, PeerTrust.Duplicate, PeerTrust.Revoked])
        {
            _device.Change(s => s with { Trust = PeerTrust.Certified });
            await TitleAsync(watcher, "OpenShare");
            _device.Change(s => s with { Trust = trust });
            await TitleAsync(watcher, "OpenShare needs you");
        }

        var properties = await watcher.PropertiesAsync();
        Assert.Equal("NeedsAttention", properties["Status"]);
        Assert.Equal(TrayMenu.Path, properties["Menu"]);
        Assert.All((object[])properties["IconPixmap"], pixmap => Assert.True(pixmap is object[] and [int width, int height, byte[] pixels] && pixels.Length == width * height * 4));
        Assert.Contains(watcher.Signals, s => s is { Member: "NewStatus", Body.Values: ["NeedsAttention"] });
    }

    [SkippableFact]
    public async Task A_watcher_that_comes_later_or_is_restarted_is_announced_to_anew()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await desktop.SaysAsync("Nothing here shows icons");
        await desktop.SaysAsync("openshare ui");

        for (var time = 0; time < 2; time++)
        {
            await using var watcher = await TestWatcher.StartAsync(bus);
            await watcher.HasItemAsync();
            await TitleAsync(watcher, "OpenShare");
        }
    }

    [SkippableFact]
    public async Task Without_a_bus_it_runs_on_and_says_where_the_window_is()
    {
        await using var desktop = new TestDesktop(_home, _device, bus: null);

        await desktop.SaysAsync("No session bus");
        await desktop.SaysAsync("openshare ui");
        await desktop.SaysAsync("runs.");
        Assert.False(desktop.Running.IsCompleted);
    }

    [SkippableFact]
    public async Task The_menu_has_what_can_be_done_and_the_latest_five_transfers()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        for (var n = 0; n < 7; n++)
            _device.SetTransfer(Some.Completed with { Id = Id(n), Summary = $"file_{n}\u202e\n", StartedAt = Some.Time.AddMinutes(n) });

        await watcher.MenuAsync(m => m.Count > 4 && m[4].Children.Count == 5 && m[4].Children[0].Label!.StartsWith("file__6", StringComparison.Ordinal));

        var menu = await watcher.MenuAsync();
        Assert.Equal(["Open", "Send files…", "Pause all", "Go on", "Recent transfers", "Accept from", "Pair a device", null, "Quit"], menu.Select(i => i.Label));
        Assert.Equal("separator", menu[7].Properties["type"]);
        Assert.False(menu[2].IsEnabled);
        Assert.False(menu[3].IsVisible);
        Assert.Equal("file__6\ufffd\ufffd to bob: completed", menu[4].Children[0].Label);
        Assert.Contains(watcher.Signals, s => s is { Member: "LayoutUpdated", Path: TrayMenu.Path });
    }

    [SkippableFact]
    public async Task Another_programs_D_Bus_reads_menu_and_icon()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await TitleAsync(watcher, "OpenShare");

        var layout = await bus.DbusSendAsync(watcher.Item, TrayMenu.Path, $"{TrayMenu.Interface}.GetLayout", "int32:0", "int32:-1", "array:string:");
        Assert.Contains("\"Pair a device\"", layout, StringComparison.Ordinal);
        var icon = await bus.DbusSendAsync(watcher.Item, StatusNotifierItem.Path, $"{BusProperties.Interface}.GetAll", $"string:{StatusNotifierItem.Interface}");
        Assert.Contains("\"IconPixmap\"", icon, StringComparison.Ordinal);
        Assert.Contains("UnknownMethod", await bus.DbusSendAsync(watcher.Item, TrayMenu.Path, $"{TrayMenu.Interface}.Nonsense"), StringComparison.Ordinal);
        Assert.Contains("InvalidArgs", await bus.DbusSendAsync(watcher.Item, TrayMenu.Path, $"{TrayMenu.Interface}.GetLayout", "string:a"), StringComparison.Ordinal);
        await bus.DbusSendAsync(watcher.Item, TrayMenu.Path, $"{TrayMenu.Interface}.Event", "int32:7", "string:clicked", "variant:string:", "uint32:0");
        Assert.True(await desktop.Running.WaitAsync(Until.Deadline));
    }

    [SkippableFact]
    public async Task A_click_on_quit_ends_the_program_and_its_agent()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await TitleAsync(watcher, "OpenShare");

        await watcher.ClickAsync("Quit");

        Assert.True(await desktop.Running.WaitAsync(Until.Deadline));
        Assert.Equal(1, _device.Stops);
    }

    [SkippableFact]
    public async Task A_click_on_pause_all_pauses_what_runs_and_go_on_resumes_it()
    {
        _device.SetTransfer(Some.Transfer);
        _device.SetTransfer(Some.Transfer with { Id = Id(1), Direction = TransferDirection.Receiving });
        _device.SetTransfer(Some.Completed with { Id = Id(2) });
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => m[2].IsEnabled && m[4].Children.Count == 3);

        await watcher.ClickAsync("Pause all");
        await Until.TrueAsync(() => _device.Transfers.Count(t => t.State == TransferState.Paused) == 2, "both are paused");
        await watcher.MenuAsync(m => !m[2].IsEnabled && m[3].IsVisible);
        await watcher.ClickAsync("Go on");
        await Until.TrueAsync(() => _device.Transfers.Count(t => t.State == TransferState.Transferring) == 2, "both go on");
    }

    [SkippableTheory]
    [InlineData("Accept", true)]
    [InlineData("Decline", false)]
    public async Task An_offer_can_be_answered_in_the_menu_for_as_long_as_it_waits(string word, bool isAccepted)
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        _device.SetTransfer(Some.Transfer with { Direction = TransferDirection.Receiving, State = TransferState.AwaitingAnswer, PeerName = "carol" });
        var offer = $"{word} {Some.Transfer.Summary} from carol";
        await watcher.MenuAsync(m => m.Any(i => i.Label == offer));

        await watcher.ClickAsync(offer);

        await Until.TrueAsync(() => _device.Answers.Count == 1, "the offer is answered");
        Assert.Equal((isAccepted, false, null), _device.Answers[0]);
        await watcher.MenuAsync(m => m[0].Label == "Open");
    }

    [SkippableFact]
    public async Task Accept_from_shows_what_holds_and_changes_it()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => Chosen(m) == "Own devices");

        await watcher.ClickAsync("Accept from", "Ask me");

        await watcher.MenuAsync(m => Chosen(m) == "Ask me");
        Assert.Equal(AcceptPolicy.Ask, _device.Receiving!.Accept);
        Assert.Equal(["Own devices", "Ask me", "Nobody"], (await watcher.MenuAsync())[5].Children.Select(i => i.Label));
        Assert.Equal(Agent.Hosting.AcceptFrom.Ask, TestAgent.Options(_home.Home).Accept);

        static string? Chosen(IReadOnlyList<TestMenuItem> menu) => menu[5].Children.SingleOrDefault(i => i.Properties["toggle-type"] is "radio" && i.Properties["toggle-state"] is 1)?.Label;
    }

    [SkippableTheory]
    [InlineData(0u, true)]
    [InlineData(1u, false)]
    public async Task What_is_chosen_in_the_desktops_own_window_is_sent_to_the_device_from_where_it_lies(uint response, bool isSent)
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var portal = await TestPortal.StartAsync(bus, response, "file:///home/me/a%20b.jpg", "file:///home/me/c", "http://elsewhere/d");
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => m[0].IsEnabled && !m[1].IsEnabled);
        _device.SetPeers(Some.Peer);
        await watcher.MenuAsync(m => m[1].Children.Count == 1);

        await watcher.ClickAsync("Send files…", "To bob…");

        await Until.TrueAsync(() => portal.Answered == 1, "the window was closed");
        Assert.Equal("Send files to bob", portal.Title);
        if (isSent)
        {
            await Until.TrueAsync(() => _device.Sends.Count == 1, "it is sent");
            Assert.Equal(["/home/me/a b.jpg", "/home/me/c"], _device.Sends[0].Paths.ToArray());
            Assert.Equal(new SendTarget.Device(Some.Peer.DeviceId), _device.Sends[0].Target);
        }
        else
            Assert.Empty(_device.Sends);
    }

    [SkippableFact]
    public async Task One_icon_is_shown_for_a_home_and_the_second_program_takes_it_over()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        var first = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await using var second = new TestDesktop(_home, new FakeDevice(), bus.Address);
        await second.SaysAsync("Another program shows the icon");
        await second.SaysAsync("is shown here");
        Assert.Single(watcher.Registered);

        await first.DisposeAsync();

        await Until.TrueAsync(() => watcher.Registered.Count == 2, "the second's icon");
    }

    [SkippableFact]
    public async Task The_menu_is_asked_and_told_in_groups_as_well()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => m[0].IsEnabled);

        var properties = await CallAsync("GetGroupProperties", new BusBody("aias", new object[] { 1, 5 }, Array.Empty<object>()));
        Assert.Equal([1, 5], ((object[])properties.Values[0]).Select(i => (int)((object[])i)[0]));
        Assert.Equal("Pair a device", (await CallAsync("GetProperty", new BusBody("is", 5, "label"))).Values[0]);
        Assert.Equal(2, (await CallAsync("AboutToShowGroup", new BusBody("ai", (object)new object[] { 0 }))).Values.Length);
        Assert.Equal(false, (await CallAsync("AboutToShow", new BusBody("i", 0))).Values[0]);
        var missing = await CallAsync("EventGroup", new BusBody("a(isvu)", (object)new object[] { new object[] { 1, "clicked", new Variant("s", ""), 0u }, new object[] { 1, "hovered", new Variant("s", ""), 0u } }));
        Assert.Empty((object[])missing.Values[0]);
        await Until.TrueAsync(() => desktop.Opened.Count == 1, "the page opens");

        Task<BusBody> CallAsync(string member, BusBody body) => watcher.CallAsync(TrayMenu.Path, TrayMenu.Interface, member, body);
    }

    [SkippableFact]
    public async Task Open_pair_and_a_click_on_the_icon_open_the_page()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => m[0].IsEnabled);

        await watcher.ClickAsync("Open");
        await watcher.ClickAsync("Pair a device");
        await watcher.CallAsync(StatusNotifierItem.Path, StatusNotifierItem.Interface, "Activate", new BusBody("ii", 0, 0));

        await Until.TrueAsync(() => desktop.Opened.Count == 3, "three pages");
        Assert.Equal([null, "pairing", null], desktop.Opened);
    }

    [SkippableFact]
    public async Task An_agent_that_runs_already_is_shown_and_left_alone_and_taken_over_when_it_ends()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        var agent = await TestAgent.StartAsync(_home.Home, _device);
        var own = new FakeDevice();
        await using (var desktop = new TestDesktop(_home, own, bus.Address))
        {
            await desktop.SaysAsync("runs for");
            await watcher.HasItemAsync();
            await TitleAsync(watcher, "OpenShare");
            Assert.Equal(0, own.Starts);

            await agent.DisposeAsync();
            await TitleAsync(watcher, "OpenShare is not running");
            await TitleAsync(watcher, "OpenShare");
            Assert.Equal(1, own.Starts);
        }
        Assert.Equal(1, own.Stops);
    }

    private static TransferId Id(int number) => TransferId.Parse($"{number:x32}");

    private static Task TitleAsync(TestWatcher watcher, string title) =>
        Until.TrueAsync(async () => title.Equals((await watcher.PropertiesAsync())["Title"]), $"it is called {title}");

    public void Dispose() => _home.Dispose();
}
