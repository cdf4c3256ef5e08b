using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Tests.Support;
using OpenShare.Device.Pairing;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Desktop.Tests;

/// <summary>Notifications on a real bus, with a server that the test plays.</summary>
public sealed class NotificationTests : IDisposable
{
    private const string Asked = "bob wants to send";

    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();

    private static TransferView Offer => Some.Transfer with { Direction = TransferDirection.Receiving, State = TransferState.AwaitingAnswer, Summary = "<b>Photos</b>" };

    [SkippableTheory]
    [InlineData("accept", true)]
    [InlineData("decline", false)]
    public async Task An_offer_is_told_once_and_answered_in_its_notification(string action, bool isAccepted)
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        _device.SetTransfer(Offer);

        var shown = await server.ShownAsync(Asked);
        Assert.Equal("&lt;b&gt;Photos&lt;/b&gt;, 3.8 MiB", shown.Body);
        Assert.Equal(["accept", "Accept", "decline", "Decline", "default", "Open"], shown.Actions);
        _device.SetTransfer(Offer with { PeerName = "bob", ChunksTotal = 5 });
        await server.ClickAsync(shown, action);

        await Until.TrueAsync(() => _device.Answers.Count == 1, "the offer is answered");
        Assert.Equal((isAccepted, false, null), _device.Answers[0]);
        await Until.TrueAsync(() => server.Closed.Contains(shown.Id), "its notification is closed");
        Assert.Single(server.Shown, s => s.Summary == Asked);
    }

    [SkippableFact]
    public async Task Where_there_are_no_buttons_it_says_where_an_offer_is_answered()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus, capabilities: "persistence");
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        _device.SetTransfer(Offer);

        var shown = await server.ShownAsync(Asked);
        Assert.Equal("<b>Photos</b>, 3.8 MiB\nAccept or decline it in the icon's menu.", shown.Body);
        Assert.Empty(shown.Actions);
    }

    [SkippableFact]
    public async Task An_answer_that_comes_from_another_program_is_none()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus);
        await using var other = await bus.ConnectAsync();
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        _device.SetTransfer(Offer);
        var shown = await server.ShownAsync(Asked);

        await TestNotifications.ClickAsync(other, shown, "accept");
        await server.ClickAsync(shown, "nonsense");
        await server.ClickAsync(shown, "decline");

        await Until.TrueAsync(() => _device.Answers.Count > 0, "the offer is answered");
        Assert.False(Assert.Single(_device.Answers).IsAccepted);
    }

    [SkippableFact]
    public async Task What_has_ended_well_or_badly_is_told_once_and_what_ended_before_is_no_news()
    {
        _device.SetTransfer(Some.Completed with { Id = Id(1), Summary = "old" });
        _device.SetTransfer(Some.Transfer);
        _device.SetTransfer(Some.Transfer with { Id = Id(2), Direction = TransferDirection.Receiving });
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus);
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await Until.TrueAsync(() => watcher.Signals.Any(s => s.Member == "LayoutUpdated"), "the transfers are known");

        _device.SetTransfer(Some.Completed);
        Assert.Equal("Photos to bob", (await server.ShownAsync("Sent")).Body);
        _device.SetTransfer(Some.Completed with { Elapsed = TimeSpan.FromSeconds(99) });
        _device.SetTransfer(Some.Transfer with { Id = Id(2), Direction = TransferDirection.Receiving, State = TransferState.Failed, Detail = "the disk is full" });
        Assert.Equal("Photos from bob: the disk is full", (await server.ShownAsync("Receiving failed")).Body);
        Assert.Equal(2, server.Shown.Count);
    }

    [SkippableFact]
    public async Task A_click_on_a_notification_opens_the_page()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        _device.SetTransfer(Offer);

        await server.ClickAsync(await server.ShownAsync(Asked), "default");

        await Until.TrueAsync(() => !desktop.Opened.IsEmpty, "the page opens");
        Assert.Empty(_device.Answers);
    }

    [SkippableFact]
    public async Task A_code_to_be_compared_is_told_once_and_leads_to_the_page()
    {
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        var key = SigningKey.FromSeed([.. Enumerable.Repeat((byte)8, 32)]);
        var peer = DeviceCertificate.Issue(key, 1, 1, key.PublicKey, AccountId.Parse("home"), "alice", Some.Time, TimeSpan.FromDays(365));
        var compared = new Comparison(4, IsSponsor: false, peer, Some.Code, IsAsked: true, Some.Time, new ComparisonState.Open());

        _device.SetComparisons(compared);
        var shown = await server.ShownAsync("Compare the code with alice");
        await server.ClickAsync(shown, "default");
        await Until.TrueAsync(() => !desktop.Opened.IsEmpty, "the page opens");
        _device.SetComparisons(compared with { EndsAt = Some.Time.AddMinutes(1) });
        _device.SetComparisons(compared with { IsAsked = false });

        await Until.TrueAsync(() => server.Closed.Contains(shown.Id), "its notification is closed");
        Assert.Single(server.Shown);
    }

    [SkippableFact]
    public async Task An_offer_waits_for_whatever_shows_notifications_and_one_that_is_over_does_not()
    {
        _device.SetTransfer(Offer);
        _device.SetTransfer(Offer with { Id = Id(1), PeerName = "carol" });
        await using var bus = await PrivateBus.StartAsync();
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => Recent(m).Children.Count == 2);
        await desktop.SaysAsync("Nothing here shows notifications");
        _device.SetTransfer(Some.Transfer with { Id = Id(1), PeerName = "carol" });
        await watcher.MenuAsync(m => Recent(m).Children.Any(t => t.Label == "Photos to carol: transferring"));

        await using var server = await TestNotifications.StartAsync(bus);

        await server.ShownAsync(Asked);
        Assert.Single(server.Shown);
    }

    [SkippableFact]
    public async Task A_device_that_is_paired_or_copied_and_a_certificate_near_its_end_are_told_once()
    {
        _device.SetPeers(Some.Peer with { DeviceId = DeviceId.FromPublicKey(SigningKey.FromSeed([.. Enumerable.Repeat((byte)5, 32)]).PublicKey.Bytes), Name = "old", Trust = PeerTrust.Provisional });
        await using var bus = await PrivateBus.StartAsync();
        await using var server = await TestNotifications.StartAsync(bus);
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();
        await watcher.MenuAsync(m => m[1].Children.Count == 1);

        await Until.TrueAsync(() => server.Shown.IsEmpty, "nothing is told of what was so before");
        _device.SetPeers([.. _device.Peers, Some.Peer with { Trust = PeerTrust.Provisional }]);
        await server.ShownAsync("bob was paired");
        _device.SetPeers(Some.Peer with { Trust = PeerTrust.Duplicate });
        var copied = await server.ShownAsync("bob was copied");
        _device.Change(s => s with { CertificateEndsSoon = true });
        await server.ClickAsync(await server.ShownAsync("This device's certificate ends soon"), "default");
        await Until.TrueAsync(() => desktop.Opened.Contains("health"), "the page says more");
        _device.SetPeers(Some.Peer);

        await Until.TrueAsync(() => server.Closed.Contains(copied.Id), "what is settled is taken back");
        Assert.Equal(3, server.Shown.Count);
    }

    [SkippableFact]
    public async Task A_notification_server_that_hangs_holds_up_no_icon()
    {
        _device.SetTransfer(Offer);
        await using var bus = await PrivateBus.StartAsync();
        using var hanging = new ManualResetEventSlim();
        await using var silent = await TestNotifications.StartAsync(bus, hanging);
        await using var watcher = await TestWatcher.StartAsync(bus);
        await using var desktop = new TestDesktop(_home, _device, bus.Address);
        await watcher.HasItemAsync();

        await watcher.MenuAsync(m => Recent(m).Children.Count == 1);
        _device.SetTransfer(Some.Completed with { Id = Id(1) });
        await watcher.MenuAsync(m => Recent(m).Children.Count == 2);
        hanging.Set();
    }

    private static TransferId Id(int number) => TransferId.Parse($"{number:x32}");

    private static TestMenuItem Recent(IReadOnlyList<TestMenuItem> menu) => menu.Single(i => i.Label == "Recent transfers");

    public void Dispose() => _home.Dispose();
}
