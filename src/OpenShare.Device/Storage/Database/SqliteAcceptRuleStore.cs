using Dapper;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteAcceptRuleStore(SqliteGate gate) : IAcceptRuleStore
{
    public AcceptRule? Find(DeviceId device) =>
        gate.Read(c => c.QuerySingleOrDefault<string>("SELECT answer FROM accept_rules WHERE device_id = @id", new { id = device.ToString() })) is { } answer
            ? Columns.Named<AcceptRule>(answer)
            : null;

    public IReadOnlyList<(DeviceId Device, AcceptRule Rule)> All() =>
        [.. gate.Read(c => c.Query<Row>("SELECT device_id AS DeviceId, answer FROM accept_rules ORDER BY device_id"))
            .Select(row => (DeviceId.Parse(row.DeviceId), Columns.Named<AcceptRule>(row.Answer)))];

    // A person's word outlives a loss of power.
    public void Set(DeviceId device, AcceptRule? rule) => gate.WriteDurably(c => rule is { } kept
        ? c.Execute("INSERT OR REPLACE INTO accept_rules VALUES (@id, @answer)", new { id = device.ToString(), answer = kept.ToString() })
        : c.Execute("DELETE FROM accept_rules WHERE device_id = @id", new { id = device.ToString() }));

    private sealed record Row(string DeviceId, string Answer);
}
