using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

/// <summary>What a registered device holds.</summary>
/// <param name="DiscoveryKeys">secrets of the account: what acct_hash is made with</param>
/// <param name="ServerTrust">how the service proves itself over TLS from now on: "sha256:HEX" or authorities as PEM; null: by the trust root</param>
public sealed record RegistrationRecord(
    Uri Server, DeviceCertificate Certificate, TrustChain Trust, DiscoveryKeys DiscoveryKeys, string? ServerTrust)
{
    public override string ToString() => $"{Certificate.DeviceId} of {Certificate.Account} at {Server}";
}

/// <summary>A registration (or renewal) that is not answered yet. It goes on after a restart or a kill.</summary>
/// <param name="Token">the one-time token's text, or the session's; null for a renewal</param>
/// <param name="ServerTrust">as in <see cref="RegistrationRecord"/></param>
/// <param name="Attempts">tries so far: the back-off's state, with the time of the next one</param>
/// <param name="LastProblem">why the last try came to nothing, for a person; empty before the first</param>
public sealed record PendingRegistration(
    Uri Server, string? Token, string DeviceName, string? ServerTrust, int Attempts, DateTimeOffset NextAttempt, string LastProblem)
{
    public override string ToString() => $"registration at {Server}, attempt {Attempts + 1}";
}

public interface IRegistrationStore
{
    RegistrationRecord? Load();

    /// <summary>Durably; a pending registration is done with by it.</summary>
    void Save(RegistrationRecord registration);

    /// <summary>Durably; nothing where there is no registration.</summary>
    void SaveTrust(TrustChain trust);

    /// <summary>Durably; nothing where there is no registration.</summary>
    void SaveDiscoveryKeys(DiscoveryKeys keys);

    PendingRegistration? LoadPending();

    void SavePending(PendingRegistration pending);

    void ClearPending();

    /// <summary>The newest issued_at ever verified: the device's idea of time never runs below it.</summary>
    DateTimeOffset TimeFloor { get; }

    /// <summary>Durably raises the floor; a lower time changes nothing.</summary>
    void RaiseTimeFloor(DateTimeOffset issuedAt);
}
