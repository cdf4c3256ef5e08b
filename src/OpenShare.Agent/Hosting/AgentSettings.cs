using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Device.Storage;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Agent.Hosting;

/// <summary>
/// Reads <see cref="AgentOptions"/> from .NET configuration: environment variables OPENSHARE__KEY (and
/// OPENSHARE__SECTION__KEY), and over them what the command line says.
/// </summary>
public static class AgentSettings
{
    public const string Accept = "Accept";
    public const string SaveTo = "SaveTo";
    public const string Overwrite = "Overwrite";
    public const string Limit = "Limit";
    public const string ProvisionalLimit = "ProvisionalLimit";
    public const string ProvisionalTo = "ProvisionalTo";
    public const string Listen = "Listen";
    public const string Interfaces = "Interfaces";
    public const string Name = "Name";
    public const string PassphraseFile = "PassphraseFile";
    public const string LogLevel = "LogLevel";
    public const string StaleList = "StaleList";
    public const string Carriers = "Carriers";
    public const string Rehearsal = "Rehearsal";
    public const string AdvertisedPort = "Discovery:AdvertisedPort";

    /// <summary>The process's own environment.</summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = System.Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value);

    /// <param name="home">from --home; null: OPENSHARE_HOME, or the platform's place</param>
    /// <param name="commandLine">settings by key; a null value is not set</param>
    /// <exception cref="SettingException">a value is not what it should be</exception>
    /// <exception cref="AgentStartException">the home has no place for a control socket</exception>
    public static AgentOptions Read(
        string? home, IEnumerable<KeyValuePair<string, string?>> commandLine, AgentReach reach, IReadOnlyDictionary<string, string?> environment)
    {
        var directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(home ?? NotEmpty(environment.GetValueOrDefault("OPENSHARE_HOME")) ?? DeviceHome.DefaultDirectory));
        var sources = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.Where(e => e.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                .Select(e => KeyValuePair.Create(e.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), e.Value)))
            .AddInMemoryCollection(commandLine.Where(e => e.Value is not null));
        var told = sources.Build();
        var configuration = sources.AddInMemoryCollection(ChosenSettings.Read(directory, told)).Build();
        return new AgentOptions(
            directory,
            ControlEndpoint.Of(directory),
            ReadName(configuration),
            ReadListen(configuration),
            ReadPort(configuration),
            (configuration[Interfaces] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToImmutableArray(),
            ReadWord(configuration, Accept, AcceptFrom.Own),
            Path.GetFullPath(configuration[SaveTo] ?? DeviceHome.DefaultInbox),
            configuration[PassphraseFile] ?? SystemdCredential(environment),
            reach,
            ReadWord(configuration, LogLevel, Microsoft.Extensions.Logging.LogLevel.Warning))
        {
            Told = told,
            // systemd's word that it has started this.
            KeepsLogs = NotEmpty(environment.GetValueOrDefault("INVOCATION_ID")) is not null && reach == AgentReach.Network,
            Overwrite = ReadWord(configuration, Overwrite, YesNo.Yes),
            Limit = ReadRate(configuration, otherwise: null),
            Provisional = new ProvisionalRule(ReadLimit(configuration), NotEmpty(configuration[ProvisionalTo]) is { } apart ? Path.GetFullPath(apart) : null),
            StaleList = ReadWord(configuration, StaleList, StaleListRule.Warn),
            Carriers = ReadWord(configuration, Carriers, CarrierRule.Measured),
            Rehearsal = ReadWord(configuration, Rehearsal, YesNo.Yes),
            QuicLibrary = NotEmpty(environment.GetValueOrDefault("OPENSHARE_MSQUIC")),
        };
    }

    /// <summary>The same agent with what a person has changed.</summary>
    /// <param name="changes">of <see cref="ChosenSettings.Keys"/></param>
    /// <exception cref="SettingException">a value is not what it should be</exception>
    internal static AgentOptions Changed(this AgentOptions options, IReadOnlyDictionary<string, string?> changes)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(changes).Build();
        return options with
        {
            Accept = ReadWord(configuration, Accept, options.Accept),
            SaveTo = configuration[SaveTo] is not { } saveTo ? options.SaveTo : Path.IsPathFullyQualified(saveTo) ? Path.GetFullPath(saveTo) : throw Bad(SaveTo, saveTo, "an absolute path"),
            Overwrite = ReadWord(configuration, Overwrite, options.Overwrite),
            Limit = ReadRate(configuration, options.Limit),
        };
    }

    private const string Prefix = "OPENSHARE__";

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string ReadName(IConfiguration configuration)
    {
        if (configuration[Name] is { } name)
            return Printable.IsDeviceName(name) ? name : throw Bad(Name, name, "1 to 64 printable characters");
        var machine = System.Environment.MachineName;
        return Printable.IsDeviceName(machine) ? machine : "device";
    }

    private static IPEndPoint ReadListen(IConfiguration configuration)
    {
        const string wanted = "HOST:PORT with an IP address, such as 192.168.1.5:4747, [::1]:0 or *:4747";
        var text = configuration[Listen] ?? "*:0";
        var parsed = text.StartsWith("*:", StringComparison.Ordinal) ? "[::]" + text[1..] : text;
        return IPEndPoint.TryParse(parsed, out var endpoint) && parsed.LastIndexOf(':') > parsed.LastIndexOf(']') && HasPort(parsed)
            ? endpoint
            : throw Bad(Listen, text, wanted);
    }

    // IPEndPoint.TryParse takes a bare address too, and an IPv6 address without brackets swallows its port.
    private static bool HasPort(string text) => text.StartsWith('[') || text.Count(c => c == ':') == 1;

    private static int? ReadPort(IConfiguration configuration) =>
        configuration[AdvertisedPort] is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort ? port
        : throw Bad(AdvertisedPort, text, "a port from 1 to 65535");

    private static long? ReadLimit(IConfiguration configuration) =>
        configuration[ProvisionalLimit] is not { } text ? null
        : ByteCount.Parse(text) ?? throw Bad(ProvisionalLimit, text, "bytes, with K, M or G, such as 500M");

    private static long? ReadRate(IConfiguration configuration, long? otherwise) =>
        configuration[Limit] is not { } text ? otherwise
        : text == "none" ? null
        : ByteCount.Parse(text) ?? throw Bad(Limit, text, "bytes a second, with K, M or G, such as 2M, or none");

    private static T ReadWord<T>(IConfiguration configuration, string key, T otherwise) where T : struct, Enum =>
        configuration[key] is not { } text ? otherwise
        : text.All(char.IsAsciiLetter) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value
#pragma warning disable CA1308 // Words on a command line are lower case.
        : throw Bad(key, text, string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant())));
#pragma warning restore CA1308

    private static string? SystemdCredential(IReadOnlyDictionary<string, string?> environment) =>
        environment.TryGetValue("CREDENTIALS_DIRECTORY", out var directory) && directory is not null
        && Path.Combine(directory, "openshare-passphrase") is var file && File.Exists(file) ? file : null;

    private static SettingException Bad(string key, string value, string wanted) =>
        new($"The setting {key} is '{Printable.Shorten(value)}'; it must be {wanted}.");
}
