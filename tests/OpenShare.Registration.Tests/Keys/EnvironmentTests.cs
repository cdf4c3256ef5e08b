using OpenShare.Protocol.Wire;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

/// <summary>What the environment decides. It is one for the whole process, so nothing runs beside these.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
[Collection(nameof(EnvironmentTests))]
public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_systemd_credential_serves_as_passphrase()
    {
        using var directory = new TempDirectory();
        using var credentials = new TempDirectory();
        await File.WriteAllTextAsync(credentials.File(Passphrase.SystemdCredential), "from systemd");
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", credentials.Path);
        try
        {
            using var core = await RegistrationCore.StartAsync(
                new RegistrationOptions(new DataDirectory(directory.Path)), TimeProvider.System, new SystemRandom(), default);
            Assert.False(core.Passphrase.IsBesideTheKeys);
            Assert.Equal(32, core.Organisation.SignerFor(TrustKey.Types.Role.Issuing).PublicKey.Bytes.Length);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
        }
    }

    [Fact]
    public void A_socket_too_deep_in_the_tree_moves_to_the_runtime_directory()
    {
        var deep = new DataDirectory("/srv/" + new string('d', 120));
        var before = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        try
        {
            Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", "/run/user/1000");
            Assert.Matches("^/run/user/1000/openshare-[0-9a-f]{16}$", deep.Socket);
            Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", null);
            Assert.Throws<UserError>(() => deep.Socket);
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", before);
        }
    }
}
