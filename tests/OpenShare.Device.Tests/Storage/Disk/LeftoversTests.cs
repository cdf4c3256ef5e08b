using OpenShare.Device.Storage.Disk;
using OpenShare.Device.Storage.Disk.Receiving;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>Staging places found and removed: ours by their exact names, and never anything that is only like one.</summary>
public sealed class LeftoversTests : DestinationSpecs
{
    private readonly LocalDisk _disk = new();

    private string Partial => Path.GetDirectoryName(Staging)!;

    private static string OurName => StagingName.Of(Sender, Transfer);

    public static TheoryData<string> Alike => new()
    {
        $"{OurName}-old", $"{OurName} (2)", $" {OurName}", $"{OurName}.bak", OurName.ToUpperInvariant(), OurName[1..], $"{OurName}0",
        OurName.Replace('-', '_'), $"{Sender}", $"{Sender}-", $"-{Transfer}", $"{Sender}-{Transfer}-{Transfer}", "holiday photos",
    };

    [Fact]
    public void A_staging_place_is_found_with_its_transfer_and_the_time_of_its_last_change()
    {
        var before = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1);
        Receive(Folder(0, "t"), File(1, "t/a", mtimeNs: 0));

        var found = Assert.Single(_disk.FindStaged(Inbox).Value!);

        Assert.Equal((Sender, Transfer), (found.Sender, found.Transfer));
        Assert.InRange(found.LastChange, before, DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void It_is_removed_with_all_it_holds_and_its_links_are_not_followed()
    {
        System.IO.File.WriteAllText(Path.Combine(Outside, "kept"), "kept!");
        Receive(Folder(0, "t", mode: 0), File(1, "t/a"));
        Directory.CreateSymbolicLink(Path.Combine(Staging, "t", "link"), Outside);
        System.IO.File.SetUnixFileMode(Path.Combine(Staging, "t"), UnixFileMode.None);

        Assert.Equal(DiskResult.Done, _disk.Discard(Inbox, Sender, Transfer));

        Assert.Empty(Directory.GetFileSystemEntries(Inbox));
        Assert.Equal("kept!", System.IO.File.ReadAllText(Path.Combine(Outside, "kept")));
    }

    [Theory]
    [MemberData(nameof(Alike))]
    public void A_users_folder_with_a_similar_name_is_none_and_stays(string name)
    {
        Receive(File(0, "a"));
        var users = Directory.CreateDirectory(Path.Combine(Partial, name)).FullName;
        System.IO.File.WriteAllText(Path.Combine(users, "mine"), "mine");

        var found = Assert.Single(_disk.FindStaged(Inbox).Value!);
        _disk.Discard(Inbox, found.Sender, found.Transfer);

        Assert.Equal([name], Directory.GetFileSystemEntries(Partial).Select(Path.GetFileName));
        Assert.Equal("mine", System.IO.File.ReadAllText(Path.Combine(users, "mine")));
    }

    [Fact]
    public void A_file_or_a_link_of_the_very_name_is_none_and_stays()
    {
        Directory.CreateDirectory(Partial);
        System.IO.File.WriteAllText(Path.Combine(Outside, "kept"), "kept!");
        Directory.CreateSymbolicLink(Staging, Outside);
        AssertStays();

        System.IO.File.Delete(Staging);
        System.IO.File.WriteAllText(Staging, "mine");
        AssertStays();

        void AssertStays()
        {
            Assert.Empty(_disk.FindStaged(Inbox).Value!);
            Assert.Equal(DiskResult.Done, _disk.Discard(Inbox, Sender, Transfer));
            Assert.True(Path.Exists(Staging));
            Assert.True(System.IO.File.Exists(Path.Combine(Outside, "kept")));
        }
    }

    [Fact]
    public void What_lies_behind_a_link_in_the_staging_places_stead_stays()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(Outside, OurName)).FullName;
        Directory.CreateDirectory(Inbox);
        Directory.CreateSymbolicLink(Partial, Outside);

        Assert.Empty(_disk.FindStaged(Inbox).Value!);
        _disk.Discard(Inbox, Sender, Transfer);

        Assert.True(Directory.Exists(elsewhere));
    }

    [SkippableFact]
    public void A_staging_place_of_another_user_stays()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "giving a directory to another user needs root");
        Directory.CreateDirectory(Staging);
        using (var chown = System.Diagnostics.Process.Start("chown", ["nobody", Staging]))
            chown.WaitForExit();

        Assert.Empty(_disk.FindStaged(Inbox).Value!);
        _disk.Discard(Inbox, Sender, Transfer);

        Assert.True(Directory.Exists(Staging));
    }

    [Fact]
    public void Where_nothing_is_nothing_is_made()
    {
        Assert.Empty(_disk.FindStaged(Inbox).Value!);
        Assert.Equal(DiskResult.Done, _disk.Discard(Inbox, Sender, Transfer));

        Assert.False(Directory.Exists(Inbox));
    }
}
