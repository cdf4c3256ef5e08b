using OpenShare.Device.Storage.Disk;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>Where a transfer goes on that an earlier run began.</summary>
public sealed class BegunDirectoryTests : DestinationSpecs
{
    private static readonly FileKey Other = new(1, 1);

    // exFAT and some of FUSE number their files anew with each mount.
    [Fact]
    public void It_is_known_by_what_is_staged_in_it_whatever_its_number_is()
    {
        Receive(File(0, "a"));
        Restart();

        using var opened = OpenAgain(Other).Value!;

        Assert.Empty(opened.FindMissing([File(0, "a")]));
    }

    [Fact]
    public void And_by_its_number_when_nothing_is_staged_in_it_any_more()
    {
        var key = Destination.Directory;
        Assert.True(Destination.Discard().IsDone);
        Restart();

        using var opened = OpenAgain(key).Value!;

        Assert.True(Directory.Exists(Staging));
    }

    [Fact]
    public void Another_one_is_left_as_it_is()
    {
        Directory.CreateDirectory(Inbox);

        AssertAway("it is not the folder that it was", OpenAgain(Other));

        Assert.Empty(Arrived);
        Assert.False(Directory.Exists(Staging));
    }

    [Fact]
    public void One_that_is_not_there_is_not_made()
    {
        AssertAway("it is not there", OpenAgain(Other));

        Assert.False(Directory.Exists(Inbox));
    }

    [Fact]
    public void A_file_in_its_place_is_not_it()
    {
        System.IO.File.WriteAllText(Inbox, "");

        AssertAway("it is not there", OpenAgain(Other));
    }

    [Fact]
    public void Nor_is_one_in_which_nothing_can_be_staged()
    {
        var key = Destination.Directory;
        Assert.True(Destination.Discard().IsDone);
        Restart();
        System.IO.File.WriteAllText(Path.Combine(Inbox, ".openshare-partial"), "");

        Assert.Equal(DiskProblem.Away, OpenAgain(key).Problem);
    }

    private DiskResult<IDestination> OpenAgain(FileKey key) => new LocalDisk().OpenDestination(Inbox, Sender, Transfer, key);

    private void AssertAway(string problem, DiskResult<IDestination> opened) => Assert.Equal(
        (DiskProblem.Away, $"{Inbox}: {problem}; is the disk mounted that has what arrived before? If it is gone for good, cancel this and have it sent again."), (opened.Problem, opened.Detail));
}
