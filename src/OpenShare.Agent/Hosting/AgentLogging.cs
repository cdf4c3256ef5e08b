using System.Globalization;
using Akka.Hosting;
using Serilog;
using Serilog.Events;

namespace OpenShare.Agent.Hosting;

/// <summary>Akka's and everybody else's logs go through Microsoft.Extensions.Logging to Serilog, to stderr, and to files where nobody reads that.</summary>
internal static class AgentLogging
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Bytes of one file, and how many files there are.</summary>
    internal const int Longest = 1 << 20;
    internal const int Most = 5;

    internal static void Add(ILoggingBuilder logging, AgentOptions options)
    {
        var level = options.LogLevel;
        logging.SetMinimumLevel(level);
        if (level == LogLevel.None)
            return;
        logging.AddSerilog(
            ToFiles(new LoggerConfiguration(), options)
                .MinimumLevel.Is(SerilogLevel(level))
                .MinimumLevel.Override("Microsoft", level <= LogLevel.Debug ? LogEventLevel.Information : LogEventLevel.Error)
                // What keeps the host from starting is thrown, and told by the command.
                .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
                .WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LevelAlias.Minimum)
                .CreateLogger(),
            dispose: true);
    }

    /// <summary>A file is made when there is something to write: a device that is well writes nothing.</summary>
    internal static LoggerConfiguration ToFiles(LoggerConfiguration configuration, AgentOptions options) => !options.KeepsLogs ? configuration
        : configuration.WriteTo.File(
            Path.Combine(options.Home, "logs", "openshare.log"), outputTemplate: "{Timestamp:yyyy-MM-dd} " + Template, formatProvider: CultureInfo.InvariantCulture,
            fileSizeLimitBytes: Longest, rollOnFileSizeLimit: true, retainedFileCountLimit: Most);

    internal static void Add(LoggerConfigBuilder akka, LogLevel level)
    {
        akka.ClearLoggers();
        akka.LogLevel = AkkaLevel(level);
        akka.AddLoggerFactory();
    }

    private static LogEventLevel SerilogLevel(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    private static Akka.Event.LogLevel AkkaLevel(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => Akka.Event.LogLevel.DebugLevel,
        LogLevel.Information => Akka.Event.LogLevel.InfoLevel,
        LogLevel.Warning => Akka.Event.LogLevel.WarningLevel,
        _ => Akka.Event.LogLevel.ErrorLevel,
    };
}
