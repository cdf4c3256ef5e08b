using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>Small files are held open from being made until they are written, and no longer.</summary>
public sealed class MadeFilesTests : DestinationSpecs
{
    [Fact]
    public void A_small_file_is_open_until_it_is_written()
    {
        var file = File(0, "d/a");
        Assert.True(Destination.Prepare([file]).Result.IsDone);
        Assert.Equal(["a"], Held());

        Fill(file);

        Assert.Empty(Held());
        Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Staging, "d/a")));
    }

    [Fact]
    public void A_thousand_are_open_at_most_and_the_rest_arrive_all_the_same()
    {
        DestinationEntry[] files = [.. Enumerable.Range(0, 1500).Select(n => File((uint)n, $"d/{n}"))];
        Assert.True(Destination.Prepare(files).Result.IsDone);
        Assert.InRange(Held().Count, 1, 1024);

        foreach (var file in files)
            Fill(file);

        AssertPlaced(Complete(files), "d");
        Assert.All(files, f => Assert.Equal("12345", System.IO.File.ReadAllText(Path.Combine(Inbox, f.Path))));
    }

    [Fact]
    public void What_is_withdrawn_or_given_up_is_closed()
    {
        DestinationEntry[] files = [File(0, "a"), File(1, "b")];
        Assert.True(Destination.Prepare(files).Result.IsDone);

        Assert.True(Destination.Remove(files[0]).IsDone);
        Assert.Equal(["b"], Held());

        Restart();
        Assert.Empty(Held());
    }

    private List<string> Held() =>
    [
        .. Directory.GetFiles("/proc/self/fd")
            .Select(fd => new FileInfo(fd).LinkTarget)
            .OfType<string>()
            .Where(target => target.StartsWith(Staging + "/", StringComparison.Ordinal) && !Directory.Exists(target))
            .Select(target => Path.GetFileName(target)),
    ];
}
