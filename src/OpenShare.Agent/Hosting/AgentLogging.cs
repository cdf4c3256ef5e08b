using System.Globalization;
using Akka.Hosting;
using Serilog;
using Serilog.Events;

namespace OpenShare.Agent.Hosting;

/// <summary>Akka's and everybody else's logs go through Microsoft.Extensions.Logging to Serilog, to stderr.</summary>
internal static class AgentLogging
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    internal static void Add(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        if (level == LogLevel.None)
            return;
        logging.AddSerilog(
            new LoggerConfiguration()
                .MinimumLevel.Is(SerilogLevel(level))
                .MinimumLevel.Override("Microsoft", level <= LogLevel.Debug ? LogEventLevel.Information : LogEventLevel.Error)
                // What keeps the host from starting is thrown, and told by the command.
                .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
                .WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: LevelAlias.Minimum)
                .CreateLogger(),
            dispose: true);
    }

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
