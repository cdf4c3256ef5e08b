using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Cli.Invocation;

namespace OpenShare.Cli.Commands;

/// <summary>Shows a person the codes of pairings, and asks whether the other screen shows the same: whoever only presses Enter has compared nothing.</summary>
internal sealed class ComparisonTalk : IDisposable
{
    private readonly LocalApiClient _agent;
    private readonly CommandRun _run;
    private readonly StreamReader _input;
    private readonly HashSet<int> _before = [];
    private Task<string?>? _line;

    private ComparisonTalk(LocalApiClient agent, CommandRun run) => (_agent, _run, _input) = (agent, run, new StreamReader(run.Shell.In()));

    /// <summary>What is over by now is none of this talk's. Called before anything is done or said, since another program may come in this one's place here (FullProgram).</summary>
    internal static async Task<ComparisonTalk> BeginAsync(LocalApiClient agent, CommandRun run)
    {
        var talk = new ComparisonTalk(agent, run);
        talk._before.UnionWith((await agent.GetComparisonsAsync(run.Interrupted)).Where(c => c.State != "open").Select(c => c.Id));
        return talk;
    }

    /// <summary>Shows and asks, until one that is meant has ended, whatever the person was about to say.</summary>
    /// <param name="isMeant">which pairings are this talk's</param>
    /// <returns>null: given up, or the agent has stopped</returns>
    internal async Task<ComparisonDocument?> FollowAsync(Func<ComparisonDocument, bool> isMeant, CancellationToken cancellation)
    {
        var shown = new HashSet<int>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asking = Task.CompletedTask;
        try
        {
            await foreach (var comparison in _agent.WatchComparisonsAsync(cancellation))
            {
                if (_before.Contains(comparison.Id) || !isMeant(comparison))
                    continue;
                if (comparison.State != "open")
                    return comparison;
                if (shown.Add(comparison.Id))
                    asking = ShowAfterAsync(asking, comparison, over.Token);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Whoever follows has heard it otherwise.
        }
        finally
        {
            await over.CancelAsync();
            await asking;
        }
        return null;
    }

    /// <summary>The next line that the person types; the same one for whoever asks next, where this is given up.</summary>
    internal async Task<string?> LineAsync(CancellationToken cancellation)
    {
        _line ??= _input.ReadLineAsync(CancellationToken.None).AsTask();
        var line = await _line.WaitAsync(cancellation);
        _line = null;
        return line;
    }

    public void Dispose() => _input.Dispose();

    private async Task ShowAfterAsync(Task before, ComparisonDocument comparison, CancellationToken cancellation)
    {
        await before;
        try
        {
            await ShowAsync(comparison, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _run.Shell.Error.WriteLine();
        }
    }

    private async Task ShowAsync(ComparisonDocument comparison, CancellationToken cancellation)
    {
        _run.Say($"{(comparison.Role == "new" ? $"A device that says it is {comparison.PeerName} will pair this one" : $"{comparison.PeerName} is there")}. The code is\n\n  {comparison.Code}\n");
        if (!comparison.IsAsked)
        {
            _run.Say($"The person at {comparison.PeerName} is to see the same there.");
            return;
        }
        _run.Shell.Error.Write($"Does the screen of {comparison.PeerName} itself show the same? Type yes, or Enter for no: ");
        var isSame = (await LineAsync(cancellation))?.Trim().ToLowerInvariant() is "yes" or "y";
        try
        {
            await _agent.CompareAsync(comparison.Id, isSame, cancellation);
        }
        catch (LocalApiException e) when (e.Code == ProblemCodes.NotAsked)
        {
            // It ended while the person compared: what became of it is the next thing heard.
        }
        if (isSame && comparison.Role == "sponsor")
            _run.Say($"Now the person at {comparison.PeerName} says the same.");
    }
}
