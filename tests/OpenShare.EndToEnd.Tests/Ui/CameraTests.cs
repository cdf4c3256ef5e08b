using System.Text;
using Microsoft.Playwright;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Registration.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OpenShare.EndToEnd.Tests.Ui;

/// <summary>A QR before the camera: Chromium's, which sees what a file shows it.</summary>
[Collection(Processes.Name)]
public sealed class CameraTests(SharedServer shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TestDevice Alice => field ??= new TestDevice(_folder.Path, "alice");

    private TestDevice Tablet => field ??= new TestDevice(_folder.Path, "tablet");

    [SkippableFact]
    public async Task A_new_device_scans_the_invitation_and_is_paired()
    {
        await Alice.RegisterAsync(shared.Server, $"account-{Guid.NewGuid():N}"[..20]);
        await Task.WhenAll(Alice.StartAgentAsync(), Tablet.StartUnregisteredAgentAsync());
        var code = (await Tablet.RunAsync("pair", "show", "--json")).EndedWith(0).Json.Text("code")!;
        var invited = (await Alice.RunAsync("pair", "invite", code)).EndedWith(0);
        var film = Film(Zbar.Rasterise(invited.Output.Split('\n'), _folder["invitation.pgm"]), _folder["invitation.y4m"]);

        var browser = new Browser();
        try
        {
            await browser.StartAsync("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-video-capture={film}");
            var page = await browser.OpenAsync(new Uri((await Tablet.RunAsync("ui", "--print")).EndedWith(0).Output.Trim()));
            await page.GetByRole(AriaRole.Link, new() { Name = "Pairing", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Scan its QR with the camera" }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Yes, the same" }).ClickAsync();
            // It is still said once the page is one of a device of the account.
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Pair a new device" })).ToBeVisibleAsync();
            await Expect(page.GetByText("Paired by alice")).ToBeVisibleAsync();
            await Expect(page.GetByLabel("What the camera sees")).ToHaveCountAsync(0);
        }
        finally
        {
            await browser.DisposeAsync();
        }
    }

    /// <summary>A film of one picture (YUV4MPEG2): black and white, no colour.</summary>
    /// <param name="map">a portable grey map as text, of zeros and ones</param>
    private static string Film(string map, string film)
    {
        const byte Black = 16, White = 235, NoColour = 128;
        var rows = File.ReadLines(map).Skip(3).Select(line => line.Split(' ')).ToList();
        // Of even size, with a white edge.
        int wide = (rows[0].Length + 32) / 16 * 16, high = (rows.Count + 32) / 16 * 16;
        var frame = new byte[wide * high * 3 / 2];
        frame.AsSpan(0, wide * high).Fill(White);
        frame.AsSpan(wide * high).Fill(NoColour);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows[row].Length; column++)
                frame[(row + 8) * wide + column + 8] = rows[row][column] == "1" ? White : Black;
        }
        using var file = File.Create(film);
        file.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{wide} H{high} F5:1 Ip A1:1 C420jpeg\n"));
        for (var at = 0; at < 5; at++)
        {
            file.Write("FRAME\n"u8);
            file.Write(frame);
        }
        return film;
    }

    public void Dispose()
    {
        Alice.Dispose();
        Tablet.Dispose();
        _folder.Dispose();
    }
}
