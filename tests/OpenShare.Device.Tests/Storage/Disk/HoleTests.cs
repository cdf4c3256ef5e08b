using System.Diagnostics;
using System.Globalization;
using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>Zeros in the staging place, and the room of files that have them.</summary>
public sealed class HoleTests : DestinationSpecs
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(4 * MiB)]
    public void What_is_cleared_is_zeros_whatever_was_there(long zeroBytes)
    {
        var file = File(0, "a", 4 * MiB) with { ZeroBytes = zeroBytes };
        Assert.Equal(DiskResult.Done, Destination.Prepare([file]).Result);
        Write(file, 0, 4 * MiB);

        Assert.Equal(DiskResult.Done, Destination.Clear(file, 4096 - 1, (2 * MiB) + 3));

        var bytes = System.IO.File.ReadAllBytes(Path.Combine(Staging, "a"));
        Assert.Equal(4 * MiB, bytes.Length);
        Assert.True(bytes.AsSpan(4095, (2 * MiB) + 3).IndexOfAnyExcept((byte)0) < 0);
        Assert.False(bytes.AsSpan(0, 4095).Contains((byte)0) || bytes.AsSpan(4095 + (2 * MiB) + 3).Contains((byte)0));
    }

    [Fact]
    public void A_file_that_is_said_to_be_holes_has_its_size_and_takes_no_room_before_it_is_written()
    {
        var file = File(0, "a", 1L << 40) with { ZeroBytes = 1L << 40 };

        Assert.Equal(DiskResult.Done, Destination.Prepare([file]).Result);

        Assert.Equal(1L << 40, new FileInfo(Path.Combine(Staging, "a")).Length);
        Assert.InRange(Taken("a"), 0, MiB);
    }

    [Fact]
    public void What_became_a_hole_is_one_still_when_the_file_is_prepared_again_after_a_restart()
    {
        var file = File(0, "a", 4 * MiB);
        Destination.Prepare([file]);
        Assert.Equal(4 * MiB, Taken("a"));
        Destination.Clear(file, 0, 2 * MiB);

        Restart();
        var prepared = Destination.Prepare([file]);

        Assert.Equal(DiskResult.Done, prepared.Result);
        Assert.Empty(prepared.MadeAnew);
        Assert.Equal((4 * MiB, 2 * MiB), (new FileInfo(Path.Combine(Staging, "a")).Length, Taken("a")));
    }

    [Fact]
    public void A_file_whose_room_was_not_all_taken_gets_the_rest_of_it_after_a_restart()
    {
        var file = File(0, "a", 4 * MiB);
        Destination.Prepare([file]);
        using (var cut = System.IO.File.OpenWrite(Path.Combine(Staging, "a")))
            cut.SetLength(MiB);

        Restart();
        Assert.Equal(DiskResult.Done, Destination.Prepare([file]).Result);

        Assert.Equal(4 * MiB, Taken("a"));
    }

    private void Write(DestinationEntry file, long offset, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)'x');
        Assert.Equal(DiskResult.Done, Destination.Write(file, offset, [bytes]));
    }

    // Bytes on the disk: of what was only taken, and not written, the file system says that it is a hole.
    private long Taken(string name)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", Path.Combine(Staging, name)]) { RedirectStandardOutput = true })!;
        return 512 * long.Parse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }
}
