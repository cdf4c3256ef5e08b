using System.Runtime.Versioning;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

public sealed class DataDirectoryTests
{
    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Everything_in_it_is_its_owners_only()
    {
        Skip.If(OperatingSystem.IsWindows(), "Unix file modes");
        await using var service = await TestService.StartAsync();
        using (await new TestDevice().RegisterAsync(service.Http, await service.TokenAsync())) { }

        Assert.All(Directory.GetFiles(service.Data.Path), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(service.Data.Path));
    }

    [Fact]
    public async Task One_process_holds_it()
    {
        await using var service = await TestService.StartAsync();
        var error = Assert.Throws<UserError>(() => service.Data.Lock());
        Assert.Contains("Another openshare-server", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_vanished_are_not_replaced()
    {
        using var directory = new TempDirectory();
        var core = await OpenAsync(directory);
        core.Dispose();
        File.Delete(core.Options.Data.SigningKeys);

        var error = await Assert.ThrowsAsync<UserError>(() => OpenAsync(directory));
        Assert.Contains("signing-keys.json", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(core.Options.Data.SigningKeys));
    }

    [Fact]
    public async Task A_start_that_fails_lets_go_of_it()
    {
        using var directory = new TempDirectory();
        var core = await OpenAsync(directory);
        core.Dispose();
        await File.WriteAllTextAsync(core.Options.Data.SigningKeyPlace, "the drawer");

        var error = await Assert.ThrowsAsync<UserError>(() => OpenAsync(directory));
        Assert.Contains("does not say where the signing keys are", error.Message, StringComparison.Ordinal);
        File.Delete(core.Options.Data.SigningKeyPlace);
        (await OpenAsync(directory)).Dispose();
    }

    [Fact]
    public async Task Keys_of_another_service_are_not_used()
    {
        using var directory = new TempDirectory();
        using var other = new TempDirectory();
        foreach (var each in new[] { directory, other })
            (await OpenAsync(each)).Dispose();
        foreach (var name in new[] { "signing-keys.json", "signing-keys.passphrase" })
            File.Copy(other.File(name), directory.File(name), overwrite: true);

        await Assert.ThrowsAsync<UserError>(() => OpenAsync(directory));
    }

    [Fact]
    public async Task A_passphrase_of_ones_own_is_kept_nowhere_in_it()
    {
        using var directory = new TempDirectory();
        using var elsewhere = new TempDirectory();
        await File.WriteAllTextAsync(elsewhere.File("passphrase"), "correct horse battery staple\n");
        using (var core = await OpenAsync(directory, elsewhere.File("passphrase")))
            Assert.False(core.Passphrase.IsBesideTheKeys);

        Assert.All(Directory.GetFiles(directory.Path), file => Assert.DoesNotContain("battery", File.ReadAllText(file), StringComparison.Ordinal));
        await File.WriteAllTextAsync(elsewhere.File("passphrase"), "another one");
        var error = await Assert.ThrowsAsync<UserError>(() => OpenAsync(directory, elsewhere.File("passphrase")));
        Assert.Contains("--passphrase-file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another one", error.Message, StringComparison.Ordinal);
    }

    private static Task<RegistrationCore> OpenAsync(TempDirectory directory, string? passphraseFile = null) =>
        RegistrationCore.StartAsync(
            new RegistrationOptions(new DataDirectory(directory.Path)) { PassphraseFile = passphraseFile }, TimeProvider.System, new SystemRandom(), default);
}
