using System.Diagnostics;
using System.Text;
using OpenShare.EndToEnd.Tests.Wifi;

namespace OpenShare.EndToEnd.Tests.Harness;

/// <summary>A real process with its output captured. Disposing it kills it.</summary>
internal sealed class RunningProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly StringBuilder _errors = new();
    private readonly string _called;
    private bool _disposed;

    private RunningProcess(ProcessStartInfo start, string called)
    {
        _called = called;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(() => _output.Add(line.Data!), line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(() => _errors.AppendLine(line.Data), line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>The lines on standard output by now.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_output)
                return [.. _output];
        }
    }

    public string Errors
    {
        get
        {
            lock (_output)
                return _errors.ToString();
        }
    }

    /// <param name="program">path of a native program, or of another's .dll</param>
    /// <param name="within">a command that runs it under some condition: fewer rights, another network</param>
    public static RunningProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, IEnumerable<string>? within = null)
    {
        string[] command = [.. within ?? [], .. Runnable(program), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The person who runs the tests may have a home and a keyring of their own: never those.
        foreach (var own in start.Environment.Keys.Where(k => k.StartsWith("OPENSHARE", StringComparison.Ordinal)).Append("DBUS_SESSION_BUS_ADDRESS").ToList())
            start.Environment.Remove(own);
        // Hundreds of agents would each work for seconds on what no test looks at.
        start.Environment["OPENSHARE__REHEARSAL"] = "no";
        // Nor do they live long enough for what is compiled well, or again, to pay, but where long transfers are measured.
        if (!Scale.IsWhole)
        {
            foreach (var (setting, value) in new[] { ("TC_QuickJit", "1"), ("TC_CallCounting", "0"), ("TieredPGO", "0") })
                start.Environment[$"DOTNET_{setting}"] = value;
        }
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        return new RunningProcess(start, $"{Path.GetFileNameWithoutExtension(program)} {string.Join(' ', arguments)}");
    }

    /// <summary>What runs a program of this kind.</summary>
    public static string[] Runnable(string program) => Path.GetExtension(program) == ".dll" ? ["dotnet", program] : [program];

    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>All that is on its standard input.</summary>
    public void Type(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Close();
    }

    /// <summary>The first line of output that fulfils the condition, waited for.</summary>
    public Task<string> LineAsync(string what, Func<string, bool> condition, TimeSpan? within = null) =>
        Eventually.GetAsync($"{what} from {this}", within ?? Patience.Long, () =>
        {
            var line = Output.FirstOrDefault(condition);
            Assert.True(line is not null || IsRunning, $"ended without {what}: {this}");
            return Task.FromResult(line);
        });

    public void Send(Signal signal) => Signals.Send(_process.Id, signal);

    /// <summary>kill -9, and waits until the process is no more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and waits for the clean end.</summary>
    public async Task<CommandResult> TerminateAsync(TimeSpan? within = null)
    {
        Send(Signal.Terminate);
        return await EndAsync(within);
    }

    /// <summary>Waits for the end that the process comes to by itself.</summary>
    public async Task<CommandResult> EndAsync(TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? Patience.Long);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"did not end: {this}");
        }
        return new CommandResult(_called, _process.ExitCode, string.Join('\n', Output), Errors);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    public override string ToString() => $"{_called}\n{Tail(string.Join('\n', Output))}\n{Tail(Errors)}";

    private static string Tail(string text) => text.Length <= 4000 ? text : "…" + text[^4000..];

    private void Keep(Action keep, string? line)
    {
        if (line is null)
            return;
        lock (_output)
            keep();
    }
}
