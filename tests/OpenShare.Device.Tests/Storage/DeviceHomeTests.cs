using System.Diagnostics;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Disk.Linux;
using OpenShare.Device.Tests.Support;

namespace OpenShare.Device.Tests.Storage;

public sealed class DeviceHomeTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_home_is_open_to_its_owner_only()
    {
        using var home = DeviceHome.Open(_folder["new/home"]);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(home.Directory));
    }

    [Fact]
    public void An_empty_directory_that_others_may_enter_is_closed_to_them()
    {
        var directory = Directory.CreateDirectory(_folder["home"], OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherExecute).FullName;

        using var home = DeviceHome.Open(directory);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(directory));
    }

    [Fact]
    public void A_home_that_was_opened_to_others_is_closed_again()
    {
        DeviceHome.Open(_folder["home"]).Dispose();
        File.WriteAllText(_folder["home/device.db"], "");
        File.SetUnixFileMode(_folder["home"], OwnerOnly | UnixFileMode.OtherRead);

        using var home = DeviceHome.Open(_folder["home"]);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(home.Directory));
    }

    [Fact]
    public void Somebodys_open_directory_with_files_in_it_is_refused_and_left_as_it_is()
    {
        var shared = OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(_folder["shared"]);
        File.WriteAllText(_folder["shared/notes.txt"], "");
        File.SetUnixFileMode(_folder["shared"], shared);

        var refused = Assert.Throws<StorageException>(() => DeviceHome.Open(_folder["shared"]));

        Assert.Contains("is no OpenShare home", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Name an empty or a new directory", refused.Message, StringComparison.Ordinal);
        Assert.Equal(shared, File.GetUnixFileMode(_folder["shared"]));
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(_folder["shared"]).Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_of_that_name_is_refused_in_words()
    {
        File.WriteAllText(_folder["home"], "");

        var refused = Assert.Throws<StorageException>(() => DeviceHome.Open(_folder["home"]));

        Assert.StartsWith($"The home {_folder["home"]} cannot be used: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_handle_of_this_process_cannot_lock_the_same_home()
    {
        using var first = DeviceHome.Open(_folder["home"]);

        var refused = Assert.Throws<HomeInUseException>(() => DeviceHome.Open(_folder["home"]));

        Assert.Equal(
            $"Another OpenShare process (pid {Environment.ProcessId}) uses the home {_folder["home"]}. Stop it, or choose another home with --home.",
            refused.Message);
    }

    [Fact]
    public void A_home_that_is_let_go_can_be_taken_again()
    {
        DeviceHome.Open(_folder["home"]).Dispose();

        using var again = DeviceHome.Open(_folder["home"]);

        Assert.Throws<HomeInUseException>(() => DeviceHome.Open(_folder["home"]));
    }

    [Fact]
    public void The_lock_holds_where_the_runtimes_own_file_locks_are_switched_off()
    {
        File.WriteAllText(_folder["lock"], "");
        // Opened by the system call itself: such handles have no lock of the runtime's.
        using var first = LinuxFiles.OpenToRead(_folder["lock"]);
        using var second = LinuxFiles.OpenToRead(_folder["lock"]);

        Assert.True(UnixLock.TryTake(first));
        Assert.False(UnixLock.TryTake(second));
    }

    [SkippableFact]
    public void Another_process_cannot_lock_a_home_that_is_in_use()
    {
        using (DeviceHome.Open(_folder["home"]))
            Assert.Equal(1, ExitCodeOf("--nonblock", _folder["home/lock"], "true"));

        Assert.Equal(0, ExitCodeOf("--nonblock", _folder["home/lock"], "true"));
    }

    [SkippableFact]
    public async Task A_home_that_another_process_has_is_refused_until_that_process_is_killed()
    {
        DeviceHome.Open(_folder["home"]).Dispose();
        // With --no-fork the process that is killed is the only one that has the lock.
        using var holder = Flock("--no-fork", _folder["home/lock"], "sh", "-c", "echo held; exec sleep 60");
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        Assert.Throws<HomeInUseException>(() => DeviceHome.Open(_folder["home"]));

        holder.Kill();
        await holder.WaitForExitAsync();

        DeviceHome.Open(_folder["home"]).Dispose();
    }

    [Fact]
    public void The_control_socket_of_a_deep_home_lies_where_its_path_is_short_enough()
    {
        var deep = Path.Combine(_folder.Path, new string('d', 120));

        Assert.Equal(_folder["agent.sock"], DeviceHome.SocketOf(_folder.Path));
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
            Assert.StartsWith(runtime, DeviceHome.SocketOf(deep), StringComparison.Ordinal);
        else
            Assert.Contains("set XDG_RUNTIME_DIR", Assert.Throws<StorageException>(() => DeviceHome.SocketOf(deep)).Message, StringComparison.Ordinal);
    }

    private static int ExitCodeOf(params string[] arguments)
    {
        using var process = Flock(arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Process Flock(params string[] arguments)
    {
        Skip.IfNot(File.Exists("/usr/bin/flock"), "flock(1) of util-linux is not here");
        return Process.Start(new ProcessStartInfo("/usr/bin/flock", arguments) { RedirectStandardOutput = true })!;
    }
}
