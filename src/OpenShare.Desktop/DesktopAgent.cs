using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using OpenShare.Agent;
using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;
using OpenShare.Agent.Hosting;
using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop;

/// <summary>
/// The agent and its desktop: the one that runs in this home already, or one of its own; and whatever of icon and notifications the session
/// offers. All that changes is done one after the other, in two loops of <see cref="WorkAsync"/>: what the person is told, and all else.
/// </summary>
/// <param name="open">null: there is no desktop that this knows</param>
internal sealed class DesktopAgent(AgentLauncher launcher, AgentOptions options, OpenSession? open, DesktopOrders orders, DesktopTalk talk, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SessionPause = TimeSpan.FromSeconds(10);

    /// <summary>The page is opened once the agent is there.</summary>
    internal bool IsOpened { get; init; }

    /// <summary>To be sent to a device that is chosen as soon as the agent runs; absolute.</summary>
    internal IReadOnlyList<string>? HandsOver { get; init; }

    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateUnbounded<Func<CancellationToken, Task>>();

    // Apart: a notification server that hangs is waited for, and the icon is not to wait with it.
    private readonly Channel<Func<CancellationToken, Task>> _telling = Channel.CreateUnbounded<Func<CancellationToken, Task>>();
    private readonly Notices _notices = new(time.GetUtcNow());
    private readonly Dictionary<string, Notice> _untold = [];
    private AgentState _agent = AgentState.Offline;
    private LocalApiClient? _client;
    private volatile IDesktopSession? _session;

    /// <summary>Until the person quits, or is interrupted.</summary>
    /// <returns>false: the agent gave up by itself</returns>
    /// <exception cref="AgentStartException">it cannot start at all</exception>
    internal async Task<bool> RunAsync(CancellationToken interrupted)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var first = new TaskCompletionSource();
        var shown = ShowAsync(quit, first);
        var worked = Task.WhenAll(WorkAsync(_work, quit.Token), WorkAsync(_telling, quit.Token));
        try
        {
            // What waits for the person when this starts is told, where there is something to tell it by.
            await Task.WhenAny(first.Task, Task.Delay(Pause, time, quit.Token));
            return await FollowAsync(quit.Token);
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            await quit.CancelAsync();
            await Task.WhenAll(shown, worked);
        }
    }

    private async Task<bool> FollowAsync(CancellationToken quit)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await using var session = await launcher.OpenAsync(options, quit);
                talk.Began(session.IsHosted, options.Home);
                Do(_ => { _client = session.Client; return Task.CompletedTask; });
                if (isFirst && HandsOver is { } paths)
                    Do(cancellation => orders.HandOverAsync(paths, session.Client, cancellation));
                else if (isFirst && IsOpened)
                    Do(cancellation => orders.DoAsync(TrayOrder.Open, about: null, session.Client, _agent, cancellation));
                try
                {
                    await foreach (var told in session.Client.WatchAllAsync(quit))
                        Do(_ => TakeAsync(told));
                }
                finally
                {
                    Do(_ => { _client = null; return UpdateAsync(AgentState.Offline); });
                }
                quit.ThrowIfCancellationRequested();
                if (session.IsHosted)
                    return false;
                talk.Gone();
            }
            catch (LocalApiException) when (!quit.IsCancellationRequested)
            {
                talk.Gone();
            }
            catch (AgentStartException e) when (!isFirst)
            {
                talk.Repeated(e.Message);
            }
            await Task.Delay(Pause, time, quit);
        }
    }

    private async Task ShowAsync(CancellationTokenSource quit, TaskCompletionSource first)
    {
        if (open is null)
            talk.NoSession("there is none");
        var handlers = new SessionHandlers((order, about) => Ordered(order, about, quit), Answered, () => Do(AnnounceAsync), () => Tell(TellAsync), Later);
        for (; open is not null && !quit.IsCancellationRequested; first.TrySetResult())
        {
            try
            {
                await using var session = await open(NameOf(options.Home), () => Waits(first), handlers, quit.Token);
                Do(async cancellation =>
                {
                    _session = session;
                    await AnnounceAsync(cancellation);
                    await session.UpdateAsync(_agent);
                    Tell(TellAsync);
                });
                first.TrySetResult();
                await session.Ended.WaitAsync(quit.Token);
                Do(_ => { _session = null; return Task.CompletedTask; });
            }
            catch (IOException e)
            {
                talk.NoSession(e.Message);
                first.TrySetResult();
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.Delay(SessionPause, time, quit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        first.TrySetResult();
    }

    private void Do(Func<CancellationToken, Task> work) => _work.Writer.TryWrite(work);

    private void Tell(Func<CancellationToken, Task> work) => _telling.Writer.TryWrite(work);

    private void Waits(TaskCompletionSource first)
    {
        talk.AnotherShows();
        first.TrySetResult();
    }

    /// <summary>Whoever has it shows the icon of this home.</summary>
    internal static string NameOf(string home) => $"org.openshare.Desktop.h{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)).AsSpan(0, 8))}";

    private void Later(Action work) => Tell(_ =>
    {
        work();
        return Task.CompletedTask;
    });

    private async Task WorkAsync(Channel<Func<CancellationToken, Task>> queue, CancellationToken quit)
    {
        try
        {
            await foreach (var work in queue.Reader.ReadAllAsync(quit))
                try
                {
                    await work(quit);
                }
                catch (Exception e) when (e is IOException or LocalApiException)
                {
                    // The desktop went away under it, or the agent did: each is told where it is found out.
                    talk.Trouble(e.Message);
                }
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested)
        {
        }
    }

    private async Task TakeAsync(UiEventDocument told)
    {
        await UpdateAsync(_agent.With(told));
        if (_notices.Of(told) is { Count: > 0 } changes)
            Tell(quit => TellAsync(changes, quit));
    }

    private async Task TellAsync(IReadOnlyList<NoticeChange> changes, CancellationToken cancellation)
    {
        foreach (var change in changes)
        {
            foreach (var key in change.Over)
            {
                _untold.Remove(key);
                await (_session?.WithdrawAsync(key, cancellation) ?? Task.CompletedTask);
            }
            if (change.Told is { } notice)
                await TellAsync(notice, cancellation);
        }
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        foreach (var notice in _untold.Values.ToList())
            await TellAsync(notice, cancellation);
    }

    // At login this may be there before whatever shows notifications: what needs the person waits for it.
    private async Task TellAsync(Notice notice, CancellationToken cancellation)
    {
        var isShown = _session is { } session && await session.ShowAsync(notice, cancellation);
        if (isShown || !notice.IsUrgent)
            _untold.Remove(notice.Key);
        else
            _untold[notice.Key] = notice;
        if (!isShown && _session is not null)
            talk.NoNotifications();
    }

    private Task UpdateAsync(AgentState agent)
    {
        _agent = agent;
        return _session?.UpdateAsync(agent) ?? Task.CompletedTask;
    }

    private async Task AnnounceAsync(CancellationToken cancellation)
    {
        if (_session is { } session && !await session.AnnounceAsync(cancellation))
            talk.NoTray();
    }

    private void Ordered(TrayOrder order, string? about, CancellationTokenSource quit)
    {
        if (order == TrayOrder.Quit)
            _ = quit.CancelAsync();
        else if (order == TrayOrder.SendFiles && about is not null && _session is { } session)
            _ = SendAsync(session, about, quit.Token);
        else
            Do(cancellation => _client is { } client ? orders.DoAsync(order, about, client, _agent, cancellation) : Task.CompletedTask);
    }

    // Beside all else: a person may look for files for a long time.
    private async Task SendAsync(IDesktopSession session, string device, CancellationToken quit)
    {
        try
        {
            var name = _agent.Peers.FirstOrDefault(p => p.DeviceId == device)?.Name ?? "a device";
            var paths = await session.ChooseAsync($"Send files to {Plain.Line(name)}", quit);
            Do(cancellation => _client is { } client ? orders.SendAsync(paths, device, client, cancellation) : Task.CompletedTask);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or IOException or Win32Exception)
        {
            if (!quit.IsCancellationRequested)
                talk.Trouble($"Nothing was chosen: {e.Message}");
        }
    }

    private void Answered(Notice notice, string action) =>
        Do(cancellation => _client is { } client ? orders.AnswerAsync(notice, action, client, cancellation) : Task.CompletedTask);
}
