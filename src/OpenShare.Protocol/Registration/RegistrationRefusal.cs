namespace OpenShare.Protocol.Registration;

/// <summary>Why the registration service's answer was no for good.</summary>
public enum RegistrationRefusal
{
    /// <summary>A token or session that is unknown, used or expired.</summary>
    BadToken,
    Quota,

    /// <summary>The service is not the one the token or the given fingerprint names.</summary>
    WrongServer,

    /// <summary>This device was revoked.</summary>
    Revoked,
    Other,
}
