using System.Globalization;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Identity;

/// <summary>What holds a secret prints without it, also where a record prints what it holds.</summary>
public sealed class SecretsTests
{
    [Fact]
    public void Nothing_that_holds_a_secret_prints_it()
    {
        var organisation = new Organisation();
        var party = organisation.Device(10);
        var pair = new HandshakePair(party, organisation.Device(11)).Run();
        var session = pair.InitiatorResult!.Session;
        var key = (SigningKey)party.Key;
        var token = new RegistrationTokenText(new SeededRandom(1).Bytes(16), AccountId.Parse("acme"), organisation.Trust.Fingerprint.Span);
        var discoveryKey = organisation.DiscoveryKey(1);
        var response = new RegistrationMessages.RegisterResponse("cert", "root", "c2VjcmV0IGtleQ", 3, discoveryKey.Blob.ToText());
        object[] ofDiscovery =
        [
            discoveryKey, DiscoveryKeys.Of(discoveryKey), DiscoveryKeys.Unsigned(discoveryKey.Secret), party with { DiscoveryKey = discoveryKey },
            new RegistrationMessages.DiscoveryKeyResponse(discoveryKey.Blob.ToText()), new DiscoveryKeyInput.Answered(1, discoveryKey),
            new RegistrationInput.DiscoveryKeyOffered(discoveryKey), new RegistrationEffect.StoreDiscoveryKeys(DiscoveryKeys.Of(discoveryKey)),
        ];

        var printed = string.Join('\n', new object[] { party, key, session, pair.InitiatorResult, pair.AtInitiator[^1], pair.Initiator, token, response }.Concat(ofDiscovery)
            .Select(o => string.Create(CultureInfo.InvariantCulture, $"{o}")));

        Assert.All(new[] { Convert.ToHexString(key.ExportSeed()), Convert.ToHexString(session.JoinSecret), Convert.ToBase64String(session.JoinSecret), token.Secret, response.AccountDiscoveryKey,
                Convert.ToHexString(discoveryKey.Secret.Span), Convert.ToBase64String(discoveryKey.Secret.Span)[..20], response.DiscoveryKey![4..40], Convert.ToBase64String(discoveryKey.Blob.Payload.Span)[..30] },
            secret => Assert.DoesNotContain(secret, printed, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(session.Id.ToString(), printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handshakes_ephemeral_secrets_end_with_it()
    {
        var organisation = new Organisation();
        var pair = new HandshakePair(organisation.Device(10), organisation.Device(11)).Run();
        foreach (var machine in new HandshakeMachine[] { pair.Initiator, pair.Responder })
        {
            var ephemeral = (Ephemeral)typeof(HandshakeMachine).GetProperty("Ephemeral", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(machine)!;
            Assert.Throws<ObjectDisposedException>(() => NSec.Cryptography.KeyAgreementAlgorithm.X25519.Agree(ephemeral.Key, ephemeral.Key.PublicKey));
        }
    }

    [Fact]
    public void A_damaged_token_is_not_repeated_in_its_error()
    {
        var text = "ost1_" + Base64Url.Encode("this is the secret of a token"u8);
        Assert.DoesNotContain(text[5..], Assert.Throws<ProtocolException>(() => RegistrationTokenText.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_of_records_move_on_where_they_lie()
    {
        byte[] key = [.. Enumerable.Repeat((byte)1, 32)], other = [.. Enumerable.Repeat((byte)2, 32)];
        var channel = SecureChannel.Create(HandshakeRole.Initiator, key, other, new RekeyVolume(1, long.MaxValue));
        channel.Seal(RecordType.Control, new byte[20]);
        channel.Seal(RecordType.Control, new byte[20]);
        Assert.Equal(HandshakeReference.Expand([.. Enumerable.Repeat((byte)1, 32)], "openshare/rekey/v1"), key);
        channel.Dispose();
        Assert.Equal(new byte[32], key);
        Assert.Equal(new byte[32], other);
    }
}
