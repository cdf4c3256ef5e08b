namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>One transfer's place among those that go to the same device: see <see cref="SendTurns"/>.</summary>
public interface ISendTurns
{
    /// <summary>Of a transfer that shares with nobody: it is always its turn.</summary>
    static ISendTurns Alone { get; } = new AlwaysMine();

    /// <returns>true: a frame of so many bytes goes now. False: <see cref="SenderInput.TurnCame"/> follows, or it asks again after <see cref="SendTurns.Patience"/></returns>
    bool Ask(long bytes);

    /// <inheritdoc cref="SendTurns.GiveUp"/>
    void GiveUp();

    /// <inheritdoc cref="SendTurns.Settle"/>
    void Settle(long bytes);

    /// <inheritdoc cref="SendTurns.Lose"/>
    void Lose(long bytes);

    /// <inheritdoc cref="SendTurns.Leave"/>
    void Leave();

    private sealed class AlwaysMine : ISendTurns
    {
        public bool Ask(long bytes) => true;

        public void GiveUp() { }

        public void Settle(long bytes) { }

        public void Lose(long bytes) { }

        public void Leave() { }
    }
}
