using OpenShare.Desktop.Notifications;
using OpenShare.Desktop.Tray;

namespace OpenShare.Desktop;

/// <summary>What a person's desktop offers: an icon, notifications, and a window to choose files in.</summary>
internal interface IDesktopSession : IAsyncDisposable
{
    /// <summary>Nothing can be shown by it any more.</summary>
    Task Ended { get; }

    /// <returns>false: nothing here shows icons</returns>
    Task<bool> AnnounceAsync(CancellationToken cancellation);

    Task UpdateAsync(AgentState agent);

    /// <returns>false: nothing here shows notifications</returns>
    Task<bool> ShowAsync(Notice notice, CancellationToken cancellation);

    /// <summary>What is about this is of no use any more.</summary>
    Task WithdrawAsync(string key, CancellationToken cancellation);

    /// <returns>absolute paths, none where the person wants none after all; null: nothing here shows a chooser</returns>
    Task<IReadOnlyList<string>?> ChooseAsync(string title, CancellationToken cancellation);
}

/// <param name="Ordered">something was chosen at the icon, about something</param>
/// <param name="Answered">a notice, and which of its actions</param>
/// <param name="TrayCame">something shows icons that was not there before</param>
/// <param name="ServerCame">something shows notifications that was not there before</param>
/// <param name="Later">does what it is given after what is under way</param>
internal sealed record SessionHandlers(Action<TrayOrder, string?> Ordered, Action<Notice, string> Answered, Action TrayCame, Action ServerCame, Action<Action> Later);

/// <summary>Opens the session of a desktop.</summary>
/// <param name="name">that one program has at a time: whoever comes second waits here until the first has left</param>
/// <param name="waits">it is another's just now</param>
/// <exception cref="IOException">there is none</exception>
internal delegate Task<IDesktopSession> OpenSession(string name, Action waits, SessionHandlers handlers, CancellationToken cancellation);
