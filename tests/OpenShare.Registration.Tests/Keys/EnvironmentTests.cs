using OpenShare.Protocol.Wire;
using OpenShare.Registration.Commands;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Offline;
using OpenShare.Registration.Keys.Vault;
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
    public async Task The_token_of_Vault_is_in_its_file_or_a_systemd_credential_or_where_Vaults_own_tools_have_it()
    {
        using var directory = new TempDirectory();
        var (named, unnamed) = ($"vault:https://vault.example/transit?token-file={directory.File("token")}", "vault:https://vault.example/transit");
        Assert.Contains(VaultAddress.TokenVariable, Assert.Throws<UserError>(VaultAddress.Parse(unnamed).ReadToken).Message, StringComparison.Ordinal);
        try
        {
            Environment.SetEnvironmentVariable(VaultAddress.TokenVariable, "hvs.variable");
            Assert.Equal("hvs.variable", VaultAddress.Parse(unnamed).ReadToken());
            await File.WriteAllTextAsync(directory.File(VaultAddress.SystemdCredential), "hvs.credential\n");
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", directory.Path);
            Assert.Equal("hvs.credential", VaultAddress.Parse(unnamed).ReadToken());
            await File.WriteAllTextAsync(directory.File("token"), "hvs.file\n");
            Assert.Equal("hvs.file", VaultAddress.Parse(named).ReadToken());
        }
        finally
        {
            Environment.SetEnvironmentVariable(VaultAddress.TokenVariable, null);
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
        }
    }

    [Fact]
    public async Task A_systemd_credential_serves_as_passphrase_of_an_offline_root_key()
    {
        using var directory = new TempDirectory();
        var nobody = new Person(TextReader.Null, TextWriter.Null);
        await File.WriteAllTextAsync(directory.File(RootPassphrase.SystemdCredential), "from systemd\n");
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", directory.Path);
        try
        {
            var made = RootKeyFile.Create(directory.File("root-key.json"), new RootPassphrase(null, nobody), new SystemRandom());
            using var opened = RootKeyFile.Open(directory.File("root-key.json"), new RootPassphrase(null, nobody));
            Assert.Equal(made, opened.PublicKey);
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
