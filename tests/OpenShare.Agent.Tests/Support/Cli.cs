using OpenShare.Agent.Hosting;
using OpenShare.Cli;
using OpenShare.Cli.Invocation;
using OpenShare.Device.Hosting;

namespace OpenShare.Agent.Tests.Support;

/// <summary>The command openshare, run in this process on a device of the test's.</summary>
internal sealed class Cli(string home, StartDevice start) : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly Transcript _out = new();
    private readonly Transcript _error = new();

    internal Cli(TestHome home, FakeDevice device) : this(home.Home, device.Start) { }

    internal string Out => _out.ToString();

    internal string Error => _error.ToString();

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The standard input.</summary>
    internal byte[] In { get; init; } = [];

    /// <summary>The standard input, where more may come of it; null: <see cref="In"/>.</summary>
    internal Stream? Keyboard { get; init; }

    /// <summary>A person sits there.</summary>
    internal bool IsInteractive { get; init; }

    /// <summary>What the program before this one has begun.</summary>
    internal string? Begun { get; init; }

    /// <summary>As Ctrl-C does.</summary>
    internal void Interrupt() => _interrupt.Cancel();

    internal Task<int> RunAsync(params string[] args)
    {
        var shell = new Shell(_out, _error, ErrorIsTerminal: false, () => AgentHosting.LauncherOf(start), Time, _interrupt.Token)
        {
            In = () => Keyboard ?? new MemoryStream(In),
            IsInteractive = IsInteractive,
            Begun = Begun,
        };
        return OpenShareCommand.RunAsync(["--home", home, .. args], shell).WaitAsync(Until.Deadline);
    }

    public void Dispose() => _interrupt.Dispose();
}
