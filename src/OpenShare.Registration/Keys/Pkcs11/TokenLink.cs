using Net.Pkcs11Interop.Common;

namespace OpenShare.Registration.Keys.Pkcs11;

/// <summary>
/// The way to a token, through its removal and return: whoever finds the connection lost makes the next one, once, and goes on. Nobody
/// waits longer than <see cref="Patience"/> for a session or for that.
/// </summary>
internal sealed class TokenLink(TokenUri uri, TimeProvider time) : IDisposable
{
    /// <summary>More sessions sign no faster: tokens work on one thing at a time.</summary>
    private const int MostSessions = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // While the token is away each look for it takes its time, and all writers of the service would queue for theirs.
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sessions = new(MostSessions, MostSessions);

    // Connecting begins by ending the library (C_Finalize), which nobody else may be in then.
    private readonly ReaderWriterLockSlim _connecting = new();
    private TokenConnection? _connection;
    private UserError? _failure;
    private long _failedAt;

    /// <exception cref="UserError">the token is out of reach or refuses</exception>
    public T Use<T>(Func<TokenConnection, T> work)
    {
        if (!_sessions.Wait(Patience))
            throw new UserError($"{uri} is busy: no session was free for {Patience.TotalSeconds} seconds.");
        try
        {
            return TryUse(work, out var result) || TryUse(work, out result) ? result : throw new UserError($"{uri} was lost twice in a row.");
        }
        catch (Pkcs11Exception error)
        {
            throw new UserError($"{uri} refused: {error.Method} {error.RV}.");
        }
        finally
        {
            _sessions.Release();
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
        _connecting.Dispose();
        _sessions.Dispose();
    }

    /// <returns>false: the connection was lost, and is made anew by the next try</returns>
    private bool TryUse<T>(Func<TokenConnection, T> work, out T result)
    {
        var lost = _connection;
        if (lost is null)
            lost = Connect(instead: null);
        if (!_connecting.TryEnterReadLock(Patience))
            throw OutOfReach();
        try
        {
            // Another one may have replaced it meanwhile.
            lost = _connection ?? throw _failure ?? OutOfReach();
            result = work(lost);
            return true;
        }
        catch (Pkcs11Exception error) when (IsLoss(error.RV))
        {
            result = default!;
        }
        finally
        {
            _connecting.ExitReadLock();
        }
        Connect(instead: lost);
        return false;
    }

    private TokenConnection Connect(TokenConnection? instead)
    {
        if (!_connecting.TryEnterWriteLock(Patience))
            throw OutOfReach();
        try
        {
            if (_connection is { } current && current != instead)
                return current;
            if (_failure is { } failure && (failure is PinRefused || time.GetElapsedTime(_failedAt) < BetweenTries))
                throw failure;
            _connection?.Dispose();
            _connection = null;
            return _connection = Open();
        }
        finally
        {
            _connecting.ExitWriteLock();
        }
    }

    private TokenConnection Open()
    {
        try
        {
            var opened = TokenConnection.Open(uri);
            _failure = null;
            return opened;
        }
        catch (Exception error) when (error is Pkcs11Exception or UserError)
        {
            _failedAt = time.GetTimestamp();
            throw _failure = error as UserError ?? new UserError($"{uri} cannot be used: {error.Message}");
        }
    }

    private UserError OutOfReach() => new($"{uri} did not come back within {Patience.TotalSeconds} seconds.");

    private static bool IsLoss(CKR code) => code is
        CKR.CKR_SESSION_HANDLE_INVALID or CKR.CKR_SESSION_CLOSED or CKR.CKR_DEVICE_REMOVED or CKR.CKR_DEVICE_ERROR or CKR.CKR_TOKEN_NOT_PRESENT
        or CKR.CKR_TOKEN_NOT_RECOGNIZED or CKR.CKR_SLOT_ID_INVALID or CKR.CKR_USER_NOT_LOGGED_IN or CKR.CKR_CRYPTOKI_NOT_INITIALIZED
        or CKR.CKR_KEY_HANDLE_INVALID or CKR.CKR_OBJECT_HANDLE_INVALID or CKR.CKR_GENERAL_ERROR or CKR.CKR_FUNCTION_FAILED;
}
