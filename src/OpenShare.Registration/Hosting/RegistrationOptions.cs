using System.Net;
using OpenShare.Registration.Http;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Login;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Hosting;

/// <summary>What the person who runs the service decides.</summary>
internal sealed record RegistrationOptions(DataDirectory Data)
{
    public IReadOnlyList<ListenUrl> Urls { get; init; } = [ListenUrl.Default];

    /// <summary>null: SQLite, in the data directory.</summary>
    public PostgresAddress? Database { get; init; }

    public string? DatabasePasswordFile { get; init; }

    public string? TlsCertificateFile { get; init; }

    /// <summary>The private key of a PEM certificate, where it is not in the same file.</summary>
    public string? TlsKeyFile { get; init; }

    public string? TlsPassphraseFile { get; init; }

    /// <summary>PEM: the authorities whose certificates administrators may show in TLS. null: none are asked for.</summary>
    public string? AdminAuthoritiesFile { get; init; }

    public string? PassphraseFile { get; init; }

    /// <summary>Where signing keys are made; null: where they were before, at first in a file of the data directory.</summary>
    public SigningKeyPlace? SigningKey { get; init; }

    /// <summary>Of the file with the signing keys; no person decides this.</summary>
    public SealingCost Sealing { get; init; } = SealingCost.Full;

    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>For how long after its certificate's end a device that was off is given the next one for its key.</summary>
    public TimeSpan RenewExpired { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether devices that a registered one has paired are registered on its word.</summary>
    public PromotionPolicy Promotion { get; init; } = PromotionPolicy.Always;

    /// <summary>From one revocation list to its next update; it is signed anew at half of this.</summary>
    public TimeSpan RevocationListLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Devices per account, where no quota was set for it.</summary>
    public int DefaultQuota { get; init; } = 1000;

    /// <summary>Reverse proxies, which are believed whom they ask for.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Connections that may be open at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Of these, from one address that is no reverse proxy's. A whole office may share one.</summary>
    public int ConnectionsPerAddress { get; init; } = 1_000;

    /// <summary>Where metrics are read; null: nowhere.</summary>
    public ListenUrl? MetricsUrl { get; init; }

    /// <summary>For how long a service that is to end says that it is not ready, and answers nevertheless.</summary>
    public TimeSpan DrainDelay { get; init; }

    /// <summary>After that, for what is under way. Both are to be less than what a service manager waits before it kills.</summary>
    public TimeSpan DrainPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>null: devices are registered with tokens only.</summary>
    public LoginOptions? Login { get; init; }

    public RateLimits RateLimits { get; init; } = new();
}
