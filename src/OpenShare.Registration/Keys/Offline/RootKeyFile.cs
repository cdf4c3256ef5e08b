using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys.Offline;

/// <summary>A root key on a machine that is never online: alone in a file, encrypted as the service's keys are.</summary>
internal static class RootKeyFile
{
    /// <exception cref="UserError">there is something already, or it cannot be written</exception>
    public static PublicKey Create(string file, RootPassphrase passphrase, IRandomSource random)
    {
        // A root key that is overwritten is lost for the whole organisation.
        if (File.Exists(file))
            throw new UserError($"{file} is there already, and a key is never overwritten. Name another --key-file.");
        var chosen = passphrase.Choose();
        using var key = SigningKey.Create(random);
        try
        {
            OwnerOnlyFile.Write(file, SealedKeys.Seal([new RoleKey(TrustKey.Types.Role.Root, key)], chosen, random, SealingCost.Full).ToJson());
            return key.PublicKey;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{file} cannot be written: {error.Message}");
        }
        finally
        {
            Array.Clear(chosen);
        }
    }

    /// <exception cref="UserError">it cannot be read or opened, or holds no root key alone</exception>
    public static SigningKey Open(string file, RootPassphrase passphrase)
    {
        var sealedKeys = Read(file);
        var typed = passphrase.Read();
        try
        {
            var keys = sealedKeys.Open(typed) ?? throw new UserError($"This passphrase does not open the root key in {file}.");
            return keys is [{ Role: TrustKey.Types.Role.Root, Key: var root }]
                ? root
                : throw new UserError($"{file} is not the file of an offline root key: it holds {keys.Count} signing keys, as a service's does.");
        }
        catch (ProtocolException error)
        {
            throw Unreadable(file, error);
        }
        finally
        {
            Array.Clear(typed);
        }
    }

    private static SealedKeys Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > SealedKeys.MaxFileSize)
                throw new ProtocolException($"it is larger than {SealedKeys.MaxFileSize} bytes");
            return SealedKeys.FromJson(File.ReadAllBytes(file));
        }
        catch (Exception error) when (error is ProtocolException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, error);
        }
    }

    private static UserError Unreadable(string file, Exception error) => new($"The root key in {file} cannot be read: {error.Message}");
}
