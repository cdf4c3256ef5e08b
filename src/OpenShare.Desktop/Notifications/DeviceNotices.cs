using System.Globalization;
using OpenShare.Agent.Documents;

namespace OpenShare.Desktop.Notifications;

/// <summary>What a person is told of devices: that another is provisional or copied, and of this one what it cannot mend by itself.</summary>
internal sealed class DeviceNotices
{
    private const string Health = "health";

    private readonly HashSet<string> _standing = [];
    private HashSet<string>? _provisional;

    /// <summary>Those that were provisional when this began are no news; one that is copied is, until that is settled.</summary>
    internal IReadOnlyList<NoticeChange> OfPeers(IReadOnlyList<PeerDocument> peers)
    {
        var provisional = peers.Where(p => p.Trust == "provisional").ToList();
        var fresh = _provisional is null ? [] : provisional.Where(p => _provisional.Add(p.DeviceId)).ToList();
        _provisional ??= [.. provisional.Select(p => p.DeviceId)];
        return
        [
            .. fresh.Select(p => new NoticeChange(new Notice(
                $"provisional {p.DeviceId}", $"{Plain.Line(p.Name)} was paired", "It is provisional until it reaches the registration service. If nobody of yours did this, take it back under Pairing.",
                IsUrgent: false, NoticeAction.Open) { Page = "pairing" }, [])),
            .. Standing("duplicate", peers.Where(p => p.Trust == "duplicate").ToDictionary(p => p.DeviceId, p => Urgent(
                $"duplicate {p.DeviceId}", $"{Plain.Line(p.Name)} was copied", "Its key is in use at several places at once, so it is refused. Health says what to do."))),
        ];
    }

    internal IReadOnlyList<NoticeChange> OfStatus(StatusDocument status)
    {
        var told = new Dictionary<string, Notice>();
        if (status.Trust == "duplicate")
            told["duplicate"] = Urgent("own duplicate", "This device was copied", "Its key is in use elsewhere, so other devices refuse it. Health says what to do.");
        if (status is { CertEndsSoon: true, CertExpiresAt: { } ends })
            told["certificate"] = Urgent("own certificate", "This device's certificate ends soon",
                $"After {ends.ToLocalTime().ToString("g", CultureInfo.CurrentCulture)} other devices refuse it. It is renewed by itself once the registration service is in reach.");
        if (status.Crash is { } crash)
            told["crash"] = Urgent("own crash", "OpenShare ended unexpectedly", $"{Plain.Line(crash.What)}. What was under way goes on. The report: {crash.Report}");
        return Standing("own", told);
    }

    // Each once for as long as it is so.
    private IReadOnlyList<NoticeChange> Standing(string kind, Dictionary<string, Notice> now)
    {
        var over = _standing.Where(key => key.StartsWith(kind + ' ', StringComparison.Ordinal) && now.Values.All(n => n.Key != key)).ToList();
        _standing.ExceptWith(over);
        return [.. over.Count > 0 ? [new NoticeChange(null, over)] : Array.Empty<NoticeChange>(), .. now.Values.Where(n => _standing.Add(n.Key)).Select(n => new NoticeChange(n, []))];
    }

    private static Notice Urgent(string key, string summary, string body) => new(key, summary, body, IsUrgent: true, NoticeAction.Open) { Page = Health };
}
