using System.Runtime.InteropServices;
using OpenShare.Agent.Tests.Support;
using OpenShare.Desktop.Install.Windows;
using OpenShare.Desktop.Tray;
using OpenShare.Desktop.Windows;

namespace OpenShare.Desktop.Tests;

/// <summary>What can be said of Windows' side without Windows; the rest is tried under wine, by tests/packages.sh.</summary>
public sealed class WindowsPartsTests
{
    [Theory]
    [InlineData("run", "run")]
    [InlineData(@"C:\a\", @"C:\a\")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("", "\"\"")]
    [InlineData("say \"so\"", "\"say \\\"so\\\"\"")]
    [InlineData(@"C:\my files\", "\"C:\\my files\\\\\"")]
    [InlineData("a\\\" b", "\"a\\\\\\\" b\"")]
    [InlineData(@"\\host\my share", "\"\\\\host\\my share\"")]
    public void Arguments_are_quoted_as_windows_programs_take_them_apart(string argument, string quoted) => Assert.Equal(quoted, CommandLine.Of([argument]));

    [Fact]
    public void An_icon_has_its_colours_from_the_lowest_line_up_and_a_mask_of_whole_words()
    {
        byte[] argb = [0xff, 1, 2, 3, 0x80, 4, 5, 6, 0, 7, 8, 9, 0x40, 10, 11, 12];

        var bits = IconResource.Of(argb, size: 2);

        Assert.Equal("28000000" + "02000000" + "04000000" + "0100" + "2000" + new string('0', 48)
            + "09080700" + "0c0b0a40" + "030201ff" + "06050480" + "0000000000000000", Convert.ToHexStringLower(bits));
    }

    [Fact]
    public void Every_state_is_drawn_in_the_size_that_windows_asks_for() =>
        Assert.All(Enum.GetValues<TrayState>(), state => Assert.Contains(TrayIcon.Draw(state, 20).Chunk(4), pixel => pixel[0] == 255 && pixel[1..].Any(c => c != 255)));

    [SkippableFact]
    public void The_structures_have_the_sizes_that_windows_knows_them_by()
    {
        Skip.IfNot(Environment.Is64BitProcess, "sizes of 64 bits");

        Assert.Equal((976, 80, 48), (Marshal.SizeOf<NotifyIconData>(), Marshal.SizeOf<WindowClass>(), Marshal.SizeOf<Message>()));
    }

    [Fact]
    public async Task Of_those_that_want_an_icon_for_one_home_the_second_waits_for_the_first()
    {
        var (name, waited) = ($"org.openshare.Desktop.test{Guid.NewGuid():N}", new TaskCompletionSource());
        var first = await OneOfAName.TakeAsync(name, () => Assert.Fail("nobody has it"), CancellationToken.None);

        var second = OneOfAName.TakeAsync(name, waited.SetResult, CancellationToken.None);
        await waited.Task.WaitAsync(Until.Deadline);
        Assert.False(second.IsCompleted);
        first.Dispose();

        (await second.WaitAsync(Until.Deadline)).Dispose();
    }

    [Fact]
    public async Task Who_waits_for_an_icon_can_be_interrupted()
    {
        var name = $"org.openshare.Desktop.test{Guid.NewGuid():N}";
        using var interrupt = new CancellationTokenSource();
        using var first = await OneOfAName.TakeAsync(name, () => { }, CancellationToken.None);

        var second = OneOfAName.TakeAsync(name, interrupt.Cancel, interrupt.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Until.Deadline));
    }
}
