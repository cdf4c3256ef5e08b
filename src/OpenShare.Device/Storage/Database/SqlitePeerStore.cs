using System.Net;
using Dapper;
using OpenShare.Device.Discovery;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqlitePeerStore(SqliteGate gate) : IPeerStore
{
    private const string Select = "SELECT device_id AS DeviceId, name, endpoints, last_seen AS LastSeen, trust, found_by AS FoundBy, device_no AS DeviceNo FROM peers";

    public PeerRecord? Find(DeviceId device) =>
        gate.Read(c => c.QuerySingleOrDefault<Row>($"{Select} WHERE device_id = @id", new { id = device.ToString() }))?.ToPeer();

    public IReadOnlyList<PeerRecord> All() =>
        [.. gate.Read(c => c.Query<Row>($"{Select} ORDER BY device_id")).Select(row => row.ToPeer())];

    public void Save(PeerRecord peer) => gate.Write(c =>
    {
        c.Execute("INSERT OR REPLACE INTO peers VALUES (@DeviceId, @Name, @Endpoints, @LastSeen, @Trust, @FoundBy, @DeviceNo)", Row.Of(peer));
        c.Execute(
            "DELETE FROM peers WHERE device_id IN (SELECT device_id FROM peers ORDER BY last_seen DESC, device_id LIMIT -1 OFFSET @most)",
            new { most = IPeerStore.MaxPeers });
    });

    public void Remove(DeviceId device) => gate.Write(c => c.Execute("DELETE FROM peers WHERE device_id = @id", new { id = device.ToString() }));

    private sealed record Row(string DeviceId, string Name, string Endpoints, long LastSeen, string Trust, string FoundBy, long DeviceNo)
    {
        internal static Row Of(PeerRecord peer) => new(
            peer.DeviceId.ToString(), peer.Name, string.Join(' ', peer.Endpoints.Take(PeerRecord.MaxEndpoints)), Columns.Of(peer.LastSeen),
            peer.Trust.ToString(), peer.FoundBy.ToString(), unchecked((long)peer.DeviceNo));

        internal PeerRecord ToPeer() => new(
            Protocol.Identity.DeviceId.Parse(DeviceId),
            Name,
            [.. Endpoints.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPEndPoint.Parse)],
            Columns.Time(LastSeen),
            Columns.Named<PeerTrust>(Trust),
            Columns.Named<FoundBy>(FoundBy))
        {
            DeviceNo = unchecked((ulong)DeviceNo),
        };
    }
}
