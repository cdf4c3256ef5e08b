using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace OpenShare.Registration.Keys.Pkcs11;

/// <summary>A token that was found and logged into: its keys, and the sessions in which they sign. When it is lost, it is replaced whole.</summary>
internal sealed class TokenConnection : IDisposable
{
    private readonly TokenUri _uri;
    private readonly IPkcs11Library _library;
    private readonly ISlot _slot;

    // The token is logged into for as long as a session is open: this one stays.
    private readonly ISession _login;
    private readonly ConcurrentBag<ISession> _idle = [];
    private readonly ConcurrentDictionary<PublicKey, (TrustKey.Types.Role Role, IObjectHandle Handle)> _keys = new();

    private TokenConnection(TokenUri uri, IPkcs11Library library, ISlot slot, ISession login) => (_uri, _library, _slot, _login) = (uri, library, slot, login);

    /// <exception cref="UserError">its library or the token is not there, or it takes no such PIN</exception>
    /// <exception cref="Pkcs11Exception">anything else</exception>
    public static TokenConnection Open(TokenUri uri)
    {
        var library = Load(uri.Module);
        ISession? login = null;
        try
        {
            var slots = Pkcs11UriUtils.GetMatchingSlotList(uri.Names, library, SlotsType.WithTokenPresent);
            if (slots is not [var slot])
                throw new UserError($"{(slots.Count == 0 ? "No token" : $"{slots.Count} tokens")} of {uri.Module} {(slots.Count == 0 ? "is" : "are")} what `{TokenUri.Scheme}` names: {uri}. Is it plugged in, and named rightly?");
            login = slot.OpenSession(SessionType.ReadWrite);
            LogIn(login, uri);
            var connection = new TokenConnection(uri, library, slot, login);
            foreach (var role in OrganisationTrust.Roles)
            {
                foreach (var key in Ed25519Token.Find(login, connection.LabelOf(role)))
                    connection._keys[key.Public] = (role, key.Private);
            }
            return connection;
        }
        catch
        {
            login?.Dispose();
            library.Dispose();
            throw;
        }
    }

    public IEnumerable<PublicKey> Keys(TrustKey.Types.Role role) => _keys.Where(k => k.Value.Role == role).Select(k => k.Key);

    public PublicKey Add(TrustKey.Types.Role role, byte[] id) => Use(session =>
    {
        var made = Ed25519Token.Generate(session, LabelOf(role), id);
        _keys[made.Public] = (role, made.Private);
        return made.Public;
    });

    /// <returns>false: it is not there</returns>
    public bool Remove(PublicKey key)
    {
        if (!_keys.TryGetValue(key, out var held))
            return false;
        Use(session =>
        {
            Ed25519Token.Destroy(session, held.Handle, LabelOf(held.Role));
            return true;
        });
        return _keys.TryRemove(key, out _);
    }

    public byte[] Sign(PublicKey key, byte[] data) => _keys.TryGetValue(key, out var held)
        ? Use(session => Ed25519Token.Sign(session, held.Handle, data))
        : throw new UserError($"The key {key} is no longer in {_uri}.");

    public void Dispose()
    {
        foreach (var closed in (IDisposable[])[.. _idle, _login, _library])
            Close(closed);
    }

    private string LabelOf(TrustKey.Types.Role role) => $"{_uri.Label}-{OrganisationTrust.Name(role)}";

    private T Use<T>(Func<ISession, T> work)
    {
        if (!_idle.TryTake(out var session))
            session = _slot.OpenSession(SessionType.ReadWrite);
        try
        {
            var result = work(session);
            _idle.Add(session);
            return result;
        }
        catch
        {
            Close(session);
            throw;
        }
    }

    private static void Close(IDisposable what)
    {
        try
        {
            what.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // Of a token that is gone nothing can be closed.
        }
    }

    private static IPkcs11Library Load(string module)
    {
        try
        {
            // Kept for good: some modules do not survive being unloaded while OpenSSL's own clean-up is still to come.
            NativeLibrary.Load(module);
            return Ed25519Token.Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Ed25519Token.Factories, module, AppType.MultiThreaded);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or UnmanagedException or LibraryArchitectureException)
        {
            throw new UserError($"The PKCS#11 library {module} cannot be loaded: {error.Message}");
        }
    }

    private static void LogIn(ISession session, TokenUri uri)
    {
        var pin = uri.ReadPin();
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception error) when (error.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // A login is the whole process's: somebody else in it uses the token too.
        }
        catch (Pkcs11Exception error) when (error.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_LOCKED or CKR.CKR_PIN_EXPIRED)
        {
            throw new PinRefused($"{uri} does not take the PIN in {uri.PinFile ?? TokenUri.SystemdCredential} ({error.RV}). It is not tried again, since tokens lock themselves: put it right and start the service again.");
        }
        finally
        {
            Array.Clear(pin);
        }
    }
}

/// <summary>The token refused the PIN: after some more tries it would lock itself.</summary>
internal sealed class PinRefused(string message) : UserError(message);
