using OpenShare.Device.Storage.Disk.Linux;

namespace OpenShare.Device.Tests.Storage.Disk;

/// <summary>One sync of a whole file system is asked for where it is as good as one of each file.</summary>
public sealed class SyncOfAllTests
{
    private static readonly Version s_kernel = new(6, 8);

    [Theory]
    [InlineData(0xEF53, "ext4")]
    [InlineData(0x58465342, "xfs")]
    [InlineData(0x9123683E, "btrfs")]
    [InlineData(0x01021994, "tmpfs")]
    public void It_is_sure_on_a_disk_of_this_machine(uint type, string name) => Assert.True(SyncOfAll.IsSure(type, s_kernel), name);

    [Theory]
    [InlineData(SyncOfAll.Fuse, "FUSE")]
    [InlineData(SyncOfAll.Nfs, "NFS")]
    [InlineData(SyncOfAll.Cifs, "SMB 1")]
    [InlineData(SyncOfAll.Smb2, "SMB 2")]
    [InlineData(SyncOfAll.Plan9, "9P")]
    public void It_is_not_where_another_process_or_machine_keeps_the_files(uint type, string name) => Assert.False(SyncOfAll.IsSure(type, s_kernel), name);

    [Fact]
    public void It_is_not_with_a_kernel_that_tells_no_errors() => Assert.False(SyncOfAll.IsSure(0xEF53, new Version(5, 7)));

    [Fact]
    public void A_folder_is_asked_what_its_file_system_is()
    {
        using var proc = System.IO.File.OpenHandle("/proc/self/cmdline");

        Assert.Equal(0, Libc.Fstatfs(proc, out var system));
        Assert.Equal(0x9FA0, system.Type);
    }
}
