namespace OpenShare.Desktop.Notifications;

/// <summary>What a person is told, and what they may answer.</summary>
/// <param name="Key">of what it is about: told once, and taken back when that is over</param>
internal sealed record Notice(string Key, string Summary, string Body, bool IsUrgent, params NoticeAction[] Actions)
{
    /// <summary>Where the page begins that a click opens; null: where it always does.</summary>
    internal string? Page { get; init; }

    /// <summary>The body for where there are no buttons: what they would do is in the icon's menu.</summary>
    internal string BodyWithoutButtons => Actions.Contains(NoticeAction.Accept) ? $"{Body}\nAccept or decline it in the icon's menu." : Body;
}

/// <param name="Id">as the notification server calls it; default: a click on the notification itself</param>
internal sealed record NoticeAction(string Id, string Label)
{
    internal static readonly NoticeAction Accept = new("accept", "Accept");
    internal static readonly NoticeAction Decline = new("decline", "Decline");
    internal static readonly NoticeAction Open = new("default", "Open");
}

/// <param name="Told">null: nothing new</param>
/// <param name="Over">keys whose notices are of no use any more</param>
internal sealed record NoticeChange(Notice? Told, IReadOnlyList<string> Over)
{
    internal static readonly NoticeChange None = new(null, []);
}
