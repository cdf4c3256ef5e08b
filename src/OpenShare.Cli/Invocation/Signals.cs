using System.Runtime.InteropServices;

namespace OpenShare.Cli.Invocation;

/// <summary>Ctrl-C, SIGTERM and a closed terminal ask a command to end cleanly; the second time they end it.</summary>
internal sealed class Signals : IDisposable
{
    /// <summary>Set where the program that became this one was interrupted before.</summary>
    internal const string InterruptedVariable = "OPENSHARE_INTERRUPTED";

    private readonly CancellationTokenSource _interrupted = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    internal Signals()
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, Interrupt));
        if (Environment.GetEnvironmentVariable(InterruptedVariable) is not null)
            _interrupted.Cancel();
    }

    internal CancellationToken Interrupted => _interrupted.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _interrupted.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        if (_interrupted.IsCancellationRequested)
            return;
        context.Cancel = true;
        _interrupted.Cancel();
    }
}
