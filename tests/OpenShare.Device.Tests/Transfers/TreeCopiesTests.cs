using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

public sealed class TreeCopiesTests
{
    private readonly TreeCopies _copies = new();

    [Fact]
    public void A_tree_of_which_all_is_the_same_needs_no_room()
    {
        _copies.Add(File("t/a", 10));
        _copies.Add(File("t/b", 20));

        Assert.Equal((0, 0), (_copies.Ask(), _copies.Asked));
    }

    [Fact]
    public void Once_it_differs_all_that_is_the_same_is_to_be_copied_and_asked_for_once()
    {
        _copies.Add(File("t/a", 10));
        _copies.Add(File("u/a", 99));
        Assert.Equal(0, _copies.Ask());

        _copies.Miss(File("t/b", 5));
        _copies.Add(File("t/c", 20));
        Assert.Equal(30, _copies.Ask());
        _copies.Add(File("t/d", 40));

        Assert.Equal((40, 0, 70), (_copies.Ask(), _copies.Ask(), _copies.Asked));
    }

    [Fact]
    public void One_that_turns_out_to_be_another_is_not_copied()
    {
        _copies.Add(File("t/a", 10));
        _copies.Add(File("t/large", 50));
        _copies.Part(File("t/large", 50));

        Assert.Equal((10, 10), (_copies.Ask(), _copies.Asked));
    }

    [Fact]
    public void Where_its_room_was_asked_for_before_that_is_for_what_is_prepared()
    {
        _copies.Miss(File("t/a", 10));
        _copies.Add(File("t/large", 50));
        Assert.Equal(50, _copies.Ask());

        // On a later page.
        _copies.Part(File("t/large", 50));
        _copies.Add(File("t/z", 7));
        var asked = _copies.Ask();

        Assert.Equal((-43, 7), (asked, _copies.Asked));
        Assert.Equal(7, new PageLook([], [], [File("t/large", 50)], asked).Bytes);
        Assert.Equal(0, _copies.Ask());
    }

    [Fact]
    public void What_is_sent_by_itself_is_not_copied_and_gives_no_room_back()
    {
        _copies.Part(File("a", 50));

        Assert.Equal((0, 0), (_copies.Ask(), _copies.Asked));
    }

    private static DestinationEntry File(string path, long size) => new(0, path, EntryKind.EntryFile, size, 0, 0, "");
}
