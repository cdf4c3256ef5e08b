using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

public sealed class SealedKeysTests
{
    private static readonly byte[] Passphrase = "correct horse battery staple"u8.ToArray();

    [Fact]
    public void The_golden_file_is_what_these_inputs_make_and_opens_to_these_keys()
    {
        var random = new CountingRandom();
        var keys = RoleKey.CreateSet(random);
        var file = SealedKeys.Seal(keys, Passphrase, random, SealingCost.Full);
        VectorFile.Check("signing-key-file.json", new JsonObject
        {
            ["description"] = "The registration service's signing key file, version 1 (docs/registration-service.md). Roles: 1 root, 2 issuing, 3 revocation lists.",
            ["passphrase"] = Encoding.UTF8.GetString(Passphrase),
            ["keys"] = new JsonArray([.. keys.Select(k => new JsonObject
            {
                ["role"] = (int)k.Role,
                ["seed"] = Convert.ToHexStringLower(k.Key.ExportSeed()),
                ["public_key"] = Convert.ToHexStringLower(k.Key.PublicKey.Bytes),
            })]),
            ["file"] = JsonSerializer.SerializeToNode(file, RegistrationJson.Options),
        });

        var read = SealedKeys.FromJson(Encoding.UTF8.GetBytes(VectorFile.Read("signing-key-file.json")["file"]!.ToJsonString())).Open(Passphrase)!;
        Assert.Equal(keys.Select(k => (k.Role, k.Key.PublicKey)), read.Select(k => (k.Role, k.Key.PublicKey)));
    }

    [Fact]
    public void Another_passphrase_opens_nothing()
    {
        var file = Sealed();
        Assert.Null(file.Open("Correct horse battery staple"u8));
        Assert.Null(file.Open([]));
    }

    [Fact]
    public void No_changed_bit_goes_unnoticed()
    {
        var file = Sealed();
        foreach (var (field, change) in new (string, Func<string, SealedKeys>)[]
        {
            (file.Sealed, s => file with { Sealed = s }),
            (file.Salt, s => file with { Salt = s }),
            (file.Nonce, s => file with { Nonce = s }),
        })
        {
            var bytes = Base64Url.Decode(field, "field");
            bytes[bytes.Length / 2] ^= 1;
            Assert.Null(change(Base64Url.Encode(bytes)).Open(Passphrase));
        }
        Assert.Null((file with { Passes = file.Passes + 1 }).Open(Passphrase));
        Assert.Null((file with { MemoryKib = file.MemoryKib / 2 }).Open(Passphrase));
    }

    [Fact]
    public void A_file_that_asks_for_too_much_or_is_of_another_kind_is_refused_unopened()
    {
        var file = Sealed();
        foreach (var bad in new[]
        {
            file with { MemoryKib = int.MaxValue }, file with { MemoryKib = 1 }, file with { Passes = 0 }, file with { Passes = 1000 },
            file with { Format = "openshare/signing-keys/v2" }, file with { Salt = "AAAA" }, file with { Nonce = "" }, file with { Sealed = "***" },
        })
        {
            Assert.Throws<ProtocolException>(() => bad.Open(Passphrase));
        }
        Assert.Throws<ProtocolException>(() => SealedKeys.FromJson("{}"u8));
        Assert.Throws<ProtocolException>(() => SealedKeys.FromJson("not json"u8));
    }

    private static SealedKeys Sealed()
    {
        var random = new CountingRandom();
        return SealedKeys.Seal(RoleKey.CreateSet(random), Passphrase, random, new SealingCost(16 * 1024, 2));
    }
}
