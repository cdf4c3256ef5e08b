using System.Reflection;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using OpenShare.Protocol.Identity;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace OpenShare.Registration.Keys.Pkcs11;

/// <summary>Ed25519 as PKCS#11 3.0 has it, which the library does not know by name.</summary>
internal static class Ed25519Token
{
    private const ulong GenerateMechanism = 0x1055;
    private const ulong SignMechanism = 0x1057;
    private const ulong KeyType = 0x40;

    // The object identifier 1.3.101.112 (RFC 8410) in DER.
    private static readonly byte[] Curve = [0x06, 0x03, 0x2b, 0x65, 0x70];

    static Ed25519Token() => NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, FindLibrary);

    /// <summary>Read after the libraries of libc are found: they have other names than the wrapper asks for.</summary>
    public static Pkcs11InteropFactories Factories { get; } = new();

    /// <summary>Makes a key pair that stays in the token: its private key is not to be read or exported.</summary>
    public static (IObjectHandle Private, PublicKey Public) Generate(ISession session, string label, byte[] id)
    {
        using var mechanism = Factories.MechanismFactory.Create(GenerateMechanism);
        session.GenerateKeyPair(
            mechanism,
            [.. Named(CKO.CKO_PUBLIC_KEY, label), Is(CKA.CKA_ID, id), Is(CKA.CKA_TOKEN, true), Is(CKA.CKA_VERIFY, true), Is(CKA.CKA_EC_PARAMS, Curve)],
            [
                .. Named(CKO.CKO_PRIVATE_KEY, label), Is(CKA.CKA_ID, id), Is(CKA.CKA_TOKEN, true), Is(CKA.CKA_SIGN, true),
                Is(CKA.CKA_PRIVATE, true), Is(CKA.CKA_SENSITIVE, true), Is(CKA.CKA_EXTRACTABLE, false),
            ],
            out var publicKey, out var privateKey);
        return (privateKey, ReadPublic(session, publicKey));
    }

    /// <summary>The key pairs with this label.</summary>
    /// <exception cref="UserError">one of them can leave the token</exception>
    public static IEnumerable<(IObjectHandle Private, PublicKey Public)> Find(ISession session, string label)
    {
        foreach (var key in session.FindAllObjects(Named(CKO.CKO_PRIVATE_KEY, label)))
        {
            var read = session.GetAttributeValue(key, [CKA.CKA_ID, CKA.CKA_SENSITIVE, CKA.CKA_EXTRACTABLE]);
            if (!read[1].GetValueAsBool() || read[2].GetValueAsBool())
                throw new UserError($"The key {label} in the token can be exported, and so may be anywhere. It is not used: delete it, and have the service make its own.");
            if (FindPublic(session, label, read[0].GetValueAsByteArray()) is [var publicKey, ..])
                yield return (key, ReadPublic(session, publicKey));
        }
    }

    /// <summary>The private key first: what is left by a cut in between signs nothing.</summary>
    public static void Destroy(ISession session, IObjectHandle key, string label)
    {
        var id = session.GetAttributeValue(key, [CKA.CKA_ID])[0].GetValueAsByteArray();
        session.DestroyObject(key);
        foreach (var publicKey in FindPublic(session, label, id))
            session.DestroyObject(publicKey);
    }

    public static byte[] Sign(ISession session, IObjectHandle key, byte[] data)
    {
        using var mechanism = Factories.MechanismFactory.Create(SignMechanism);
        return session.Sign(mechanism, key, data);
    }

    private static List<IObjectHandle> FindPublic(ISession session, string label, byte[] id) =>
        session.FindAllObjects([.. Named(CKO.CKO_PUBLIC_KEY, label), Is(CKA.CKA_ID, id)]);

    private static PublicKey ReadPublic(ISession session, IObjectHandle key)
    {
        var point = session.GetAttributeValue(key, [CKA.CKA_EC_POINT])[0].GetValueAsByteArray();
        // An OCTET STRING in DER around the 32 bytes; in some tokens the bytes alone.
        return PublicKey.FromBytes(point is [0x04, PublicKey.Size, .. var inner] ? inner : point);
    }

    private static List<IObjectAttribute> Named(CKO kind, string label) =>
        [Is(CKA.CKA_LABEL, label), Factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, kind), Factories.ObjectAttributeFactory.Create(CKA.CKA_KEY_TYPE, KeyType)];

    private static IObjectAttribute Is(CKA attribute, bool value) => Factories.ObjectAttributeFactory.Create(attribute, value);

    private static IObjectAttribute Is(CKA attribute, string value) => Factories.ObjectAttributeFactory.Create(attribute, value);

    private static IObjectAttribute Is(CKA attribute, byte[] value) => Factories.ObjectAttributeFactory.Create(attribute, value);

    // It asks for libdl, whose name without a number comes with compilers only.
    private static nint FindLibrary(string name, Assembly assembly, DllImportSearchPath? path) =>
        OperatingSystem.IsLinux() && name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var handle) ? handle : 0;
}
