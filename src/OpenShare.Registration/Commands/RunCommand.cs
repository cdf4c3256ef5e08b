using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Keys;
using Serilog;
using Serilog.Events;

namespace OpenShare.Registration.Commands;

internal sealed class RunCommand
{
    private static readonly Dictionary<string, PromotionPolicy> s_promotion = new()
    {
        ["always"] = PromotionPolicy.Always, ["ask"] = PromotionPolicy.Ask, ["never"] = PromotionPolicy.Never,
    };

    private readonly Option<ListenUrl[]> _urls = new("--urls")
    {
        Description = $"Where to listen, one or more; port 0 is any free one [default: https://{ListenUrl.Default.Address}:{ListenUrl.Default.Port}]",
        HelpName = "URL",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = ReadUrls,
        DefaultValueFactory = _ => [ListenUrl.Default],
    };

    private readonly Option<DataDirectory> _data = CommonOptions.Data();
    private readonly DatabaseOptions _database = new();
    private readonly RateOptions _rates = new();
    private readonly ServingOptions _serving = new();
    private readonly LoginCommandOptions _login = new();
    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();
    private readonly Option<SigningKeyPlace?> _signingKey = new("--signing-key")
    {
        Description = "Where signing keys are made, if not in a file: pkcs11:token=NAME?module-path=FILE&pin-source=file:FILE (RFC 7512), or vault:https://HOST:8200/transit?token-file=FILE. It is remembered",
        HelpName = "URI",
        CustomParser = ReadPlace,
    };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _tlsCertificate = new("--tls-certificate") { Description = "A PFX or PEM certificate instead of the self-signed one", HelpName = "FILE" };
    private readonly Option<string?> _tlsKey = new("--tls-key") { Description = "The private key of a PEM certificate, where it is in a file of its own", HelpName = "FILE" };
    private readonly Option<string?> _tlsPassphrase = new("--tls-passphrase-file") { Description = "A file that holds the passphrase of the TLS certificate", HelpName = "FILE" };
    private readonly Option<string?> _adminCa = new("--admin-ca") { Description = "A PEM file with the authorities whose certificates administrators may show in place of a token", HelpName = "FILE" };
    private readonly Option<TimeSpan> _certificateLifetime = new("--certificate-lifetime")
    {
        Description = "How long a device's certificate is good: 1h, 90d [default: 365d]",
        HelpName = "TIME",
        CustomParser = CommonOptions.ReadDuration,
        DefaultValueFactory = _ => TimeSpan.FromDays(365),
    };

    private readonly Option<TimeSpan> _renewExpired = new("--renew-expired")
    {
        Description = "How long after its certificate's end a device that was off still renews by its key: 12h, 30d, never [default: 30d]",
        HelpName = "TIME",
        CustomParser = result => result.Tokens[0].Value == "never" ? TimeSpan.Zero : CommonOptions.ReadDuration(result),
        DefaultValueFactory = _ => TimeSpan.FromDays(30),
    };

    private readonly Option<string> _promote = new Option<string>("--promote")
    {
        Description = "Whether a device that a registered one has paired is registered on that one's word: always, ask, and then an administrator says yes to each first (openshare-server device waiting), or never, and then it needs a token [default: always]",
        HelpName = "always|ask|never",
        DefaultValueFactory = _ => "always",
    }.AcceptOnlyFromAmong([.. s_promotion.Keys]);

    public static Command Create()
    {
        var run = new RunCommand();
        var command = new DocumentedCommand(
            "run", "Runs the registration service in the foreground. The first run makes its keys, its TLS certificate and the admin credential.",
            "openshare-server run --urls https://0.0.0.0:8443 --data /srv/openshare")
        {
            run._urls, run._data, run._passphraseFile, run._signingKey, run._tlsCertificate, run._tlsKey, run._tlsPassphrase, run._adminCa, run._certificateLifetime, run._renewExpired, run._promote, run._json,
        };
        run._database.AddTo(command);
        run._rates.AddTo(command);
        run._serving.AddTo(command);
        run._login.AddTo(command);
        command.SetAction(run.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var options = _serving.Read(parsed, _rates.Read(parsed, _database.Read(parsed, new RegistrationOptions(parsed.GetValue(_data)!)
        {
            Urls = parsed.GetValue(_urls)!,
            PassphraseFile = parsed.GetValue(_passphraseFile),
            SigningKey = parsed.GetValue(_signingKey),
            TlsCertificateFile = parsed.GetValue(_tlsCertificate),
            TlsKeyFile = parsed.GetValue(_tlsKey),
            TlsPassphraseFile = parsed.GetValue(_tlsPassphrase),
            AdminAuthoritiesFile = parsed.GetValue(_adminCa),
            CertificateLifetime = parsed.GetValue(_certificateLifetime),
            RenewExpired = parsed.GetValue(_renewExpired),
            Promotion = s_promotion[parsed.GetValue(_promote)!],
            Login = _login.Read(parsed),
        })));
        await using var log = CreateLog();
        using var core = await RegistrationCore.StartAsync(options, TimeProvider.System, new SystemRandom(), cancel);
        await using var service = await WebService.StartAsync(core, log, cancel);
        Announce(service, parsed.GetValue(_json), parsed.InvocationConfiguration.Output);
        await service.WaitForShutdownAsync(cancel);
        return 0;
    }

    /// <summary>To stderr, so that stdout holds only what scripts read. Requests are logged without query, headers or body.</summary>
    private static Serilog.Core.Logger CreateLog() => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        // The command says in one line why it could not start.
        .Filter.ByExcluding(e => e.MessageTemplate.Text == "Hosting failed to start")
        .WriteTo.Console(standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture)
        .CreateLogger();

    private static void Announce(WebService service, bool json, TextWriter output)
    {
        var core = service.Core;
        var trustRoot = "sha256:" + Convert.ToHexStringLower(core.Trust.Fingerprint.Span);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    service.Urls,
                    service.MetricsUrl,
                    TlsFingerprint = service.Tls.Fingerprint,
                    TrustRootFingerprint = trustRoot,
                    AdminCredentialFile = core.Options.Data.AdminCredential,
                    SigningKeys = core.Keys.Place,
                    PassphraseBesideKeys = core.IsPassphraseBesideTheKeys,
                },
                RegistrationJson.Options));
            output.Flush();
            return;
        }
        foreach (var url in service.Urls)
            output.WriteLine($"Listening on {url}");
        output.WriteLine($"TLS fingerprint {service.Tls.Fingerprint}");
        output.WriteLine($"Trust root fingerprint {trustRoot}");
        output.WriteLine($"Admin credential in {core.Options.Data.AdminCredential}");
        output.WriteLine($"Signing keys in {core.Keys.Place}" + (core.IsPassphraseBesideTheKeys
            ? $". No passphrase was given, so a random one is beside them in {core.Passphrase}: whoever can read this directory has the keys. Give one with --passphrase-file."
            : core.Keys is FileSigningKeyStore ? $", under the passphrase in {core.Passphrase}" : ""));
        if (service.MetricsUrl is { } metrics)
            output.WriteLine($"Metrics at {metrics}");
        output.Flush();
    }

    private static SigningKeyPlace? ReadPlace(ArgumentResult result)
    {
        try
        {
            return SigningKeyPlace.Parse(result.Tokens[0].Value);
        }
        catch (FormatException error)
        {
            result.AddError(error.Message);
            return null;
        }
    }

    private static ListenUrl[]? ReadUrls(ArgumentResult result)
    {
        var urls = new List<ListenUrl>();
        foreach (var text in result.Tokens.SelectMany(t => t.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (ListenUrl.TryParse(text, out var problem) is { } url)
                urls.Add(url);
            else
                result.AddError(problem);
        }
        return [.. urls];
    }
}
