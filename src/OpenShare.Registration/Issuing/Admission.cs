using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration.Access;
using OpenShare.Registration.Http;
using OpenShare.Registration.Login;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tokens;

namespace OpenShare.Registration.Issuing;

/// <param name="TooLate">what it is told when that is too long ago to be answered again</param>
internal sealed record EarlierUse(DateTimeOffset At, Refusal TooLate);

/// <summary>What lets a device register: looked at, and then used up, in the transaction that registers it.</summary>
internal interface IAdmission
{
    /// <summary>Who had it done, for the audit log; null: the device, with a token.</summary>
    Actor? By { get; }

    /// <summary>The hash of the token that is to be spent; null where none is.</summary>
    byte[]? Token { get; }

    /// <returns>null when it is for this device and account, used up or not</returns>
    Task<Refusal?> ObjectionAsync(RegistrationDb db, DeviceClaim claim, CancellationToken cancel);

    /// <returns>null when this very device has not used it up before; else it asks again because the answer did not arrive</returns>
    Task<EarlierUse?> EarlierUseAsync(RegistrationDb db, long deviceNo, CancellationToken cancel);

    /// <returns>null when it can be used now</returns>
    Refusal? UsedUp(DateTimeOffset now);

    /// <summary>Whether somebody has to say yes first, where it can be used otherwise.</summary>
    /// <returns>null when it can be used at once</returns>
    Task<Pending?> PendingAsync(RegistrationDb db, DeviceClaim claim, DateTimeOffset now, CancellationToken cancel) => Task.FromResult<Pending?>(null);

    /// <summary>Uses it, which it can be.</summary>
    Task UseAsync(RegistrationDb db, AccountId account, long deviceNo, DateTimeOffset now, CancellationToken cancel);
}

/// <summary>Reads what a register request shows: a registration token's secret, or the session of a person who has logged in.</summary>
/// <param name="sessions">null where nobody can log in</param>
internal sealed class Admissions(SessionAdmissions? sessions)
{
    public async Task<Outcome<IAdmission>> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (sessions is not null && BearerHeader.Read(request) is { } shown && Sessions.IsLikely(shown))
            return await sessions.ReadAsync(shown, cancel);
        return TokenSecret.HashOfBearer(request) is { } hash
            ? new TokenAdmission(hash)
            : new Refusal(RegistrationProblems.BadToken, "Send the registration token's secret as 'Authorization: Bearer SECRET'.");
    }
}
