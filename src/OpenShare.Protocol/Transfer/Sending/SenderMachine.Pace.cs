using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>Whether frames go now, and how fast: other transfers to the same device have their turns, people on either side may have them wait, and one there may first have to accept them.</summary>
public sealed partial class SenderMachine
{
    private readonly RateLimit _rate;
    private readonly ISendTurns _turns;
    private DateTimeOffset? _goOnAt;

    /// <summary>By a person here.</summary>
    public bool IsPausedHere { get; private set; }

    /// <summary>By a person there, as far as the link that is up has told.</summary>
    public bool IsPausedThere { get; private set; }

    /// <summary>A person there is asked whether to take it, as far as the link that is up has told.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>What the receiver waits for by itself, for a person, as far as the link that is up has told; null: nothing.</summary>
    public string? StalledThere { get; private set; }

    private bool IsPaused => IsPausedHere || IsPausedThere;

    private void OnPauseOrdered(bool isPaused)
    {
        if (IsOver || isPaused == IsPausedHere)
            return;
        IsPausedHere = isPaused;
        if (_linkUp)
            SayPaused();
    }

    // Of a transfer that was never offered the receiver knows nothing that could wait.
    private void SayPaused()
    {
        if (_offered)
            Send(TransferMessages.Paused(_setup.Transfer, IsPausedHere));
    }

    private void OnStalled(string? reason)
    {
        StalledThere = reason;
        _reopenAt = null;
        if (_linkUp && !IsOver && !WantsNoStreams)
            AskForStreams();
        // What it holds until there is room is not to hold up what goes to the same device.
        if (reason is not null)
            _turns.Leave();
    }

    private void LaunchFrames(Manifest manifest)
    {
        _goOnAt = null;
        while (!IsPaused && !IsAsked && StalledThere is null && _window.Free() is { } stream && _ledger.NextFrame(manifest, _setup.Tuning, out var bytes) is { } ordinals)
        {
            if (!_rate.IsOpen(_now))
            {
                _goOnAt = _rate.OpensAt;
                break;
            }
            if (!_turns.Ask(bytes))
            {
                _goOnAt = _now + SendTurns.Patience;
                return;
            }
            _ledger.Take(manifest, ordinals, bytes);
            _window.Launch(stream, ordinals, bytes, _now);
            _lastLaunched = ordinals[^1];
            _rate.Spend(bytes, _now);
            Emit(new SenderEffect.SendFrame(stream, ordinals));
        }
        // Who waits for a person is not to be counted with the others until it comes back.
        if ((IsPaused || IsAsked) && _window.IsEmpty)
            _turns.Leave();
        else
            _turns.GiveUp();
    }
}
