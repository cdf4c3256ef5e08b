using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Vault;

namespace OpenShare.Registration.Tests.Keys;

public sealed class VaultAddressTests
{
    [Fact]
    public void It_names_Vault_its_engine_the_keys_and_the_file_with_the_token()
    {
        var address = VaultAddress.Parse("vault:https://vault.example:8200/teams/transit/?prefix=acme&token-file=/etc/openshare/vault%20token&ca-file=/etc/ssl/ca.pem");
        Assert.Equal(
            ("https://vault.example:8200/v1/teams/transit/", "acme", "/etc/openshare/vault token", "/etc/ssl/ca.pem", "Vault at vault.example:8200"),
            (address.Engine.AbsoluteUri, address.Prefix, address.TokenFile, address.AuthoritiesFile, address.ToString()));
        var agent = VaultAddress.Parse("vault:http://127.0.0.1:8100/transit");
        Assert.Equal(("http://127.0.0.1:8100/v1/transit/", "openshare", null, null), (agent.Engine.AbsoluteUri, agent.Prefix, agent.TokenFile, agent.AuthoritiesFile));
    }

    [Theory]
    [InlineData("vault:", "https://HOST:8200/transit")]
    [InlineData("vault:https://vault.example:8200", "https://HOST:8200/transit")]
    [InlineData("vault:https://vault.example:8200/transit#x", "https://HOST:8200/transit")]
    [InlineData("vault:transit", "https://HOST:8200/transit")]
    [InlineData("vault:http://vault.example:8200/transit", "over https")]
    [InlineData("vault:ftp://vault.example/transit", "over https")]
    [InlineData("vault:https://me:hvs.secret@vault.example/transit", "no name and password")]
    [InlineData("vault:https://vault.example/transit?token=hvs.secret", "token-file=")]
    [InlineData("vault:https://vault.example/transit?token-file=token", "/PATH")]
    [InlineData("vault:https://vault.example/transit?ca-file=", "/PATH")]
    [InlineData("vault:https://vault.example/transit?prefix=", "letters")]
    [InlineData("vault:https://vault.example/transit?prefix=a/../b", "letters")]
    [InlineData("vault:https://vault.example/transit?speed=9", "speed")]
    [InlineData("kms:https://vault.example/transit", "vault:")]
    public void What_it_cannot_be_is_said(string text, string word)
    {
        var error = Assert.Throws<FormatException>(() => SigningKeyPlace.Parse(text));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.secret", error.Message, StringComparison.Ordinal);
    }
}
