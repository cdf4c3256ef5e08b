namespace OpenShare.Device.Discovery;

/// <summary>Which failures were told already: an interface that stays broken is told once in ten minutes, not at every packet.</summary>
internal sealed class FailureLog
{
    private static readonly TimeSpan TellAgain = TimeSpan.FromMinutes(10);
    private const int Total = 256;

    private readonly Dictionary<(string Interface, string Reason), DateTimeOffset> _told = [];

    internal bool IsNews(string networkInterface, string reason, DateTimeOffset now)
    {
        if (_told.TryGetValue((networkInterface, reason), out var at) && now - at < TellAgain)
            return false;
        if (_told.Count >= Total)
            _told.Clear();
        _told[(networkInterface, reason)] = now;
        return true;
    }
}
