using System.Collections.Immutable;
using Dapper;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqlitePairingStore(SqliteGate gate) : IPairingStore
{
    private static readonly TimeSpan KeptPastTheirEnd = TimeSpan.FromDays(1);

    public void Save(PairingToken invitation, DateTimeOffset now) => gate.WriteDurably(c =>
    {
        c.Execute("DELETE FROM pairing_invitations WHERE expires_at < @before", new { before = Columns.Of(now - KeptPastTheirEnd) });
        c.Execute(
            "INSERT INTO pairing_invitations (nonce, code, expires_at) VALUES (@Nonce, @Code, @ExpiresAt)",
            new { Nonce = invitation.Nonce.ToString(), Code = invitation.Code.ToBytes(), ExpiresAt = Columns.Of(invitation.ExpiresAt) });
        c.Execute(
            "DELETE FROM pairing_invitations WHERE nonce IN (SELECT nonce FROM pairing_invitations ORDER BY expires_at DESC, nonce LIMIT -1 OFFSET @most)",
            new { most = IPairingStore.MostInvitations });
    });

    public ImmutableHashSet<PairingCode> Invited() =>
        [.. gate.Read(c => c.Query<byte[]>("SELECT code FROM pairing_invitations")).Select(code => PairingCode.FromBytes(code))];

    public SpendOutcome Spend(PairingNonce nonce, DeviceCertificate provisional, DateTimeOffset now) => gate.WriteDurably<SpendOutcome>(c =>
    {
        var id = new { nonce = nonce.ToString() };
        if (c.Execute("UPDATE pairing_invitations SET spent = 1 WHERE nonce = @nonce AND spent = 0", id) == 0)
            return c.ExecuteScalar<long>("SELECT count(*) FROM pairing_invitations WHERE nonce = @nonce", id) > 0 ? new SpendOutcome.SpentBefore() : new SpendOutcome.Unknown();
        c.Execute("DELETE FROM pairing_sponsored WHERE expires_at < @before", new { before = Columns.Of(now - KeptPastTheirEnd) });
        // Who is paired again has not been taken back any more.
        c.Execute(
            "INSERT OR REPLACE INTO pairing_sponsored (device_id, name, expires_at) VALUES (@DeviceId, @Name, @ExpiresAt)",
            new { DeviceId = provisional.DeviceId.ToString(), provisional.Name, ExpiresAt = Columns.Of(provisional.ExpiresAt) });
        return new SpendOutcome.Spent();
    });

    public bool Withdraw(DeviceId device) =>
        gate.WriteDurably(c => c.Execute("UPDATE pairing_sponsored SET withdrawn = 1 WHERE device_id = @id", new { id = device.ToString() })) > 0;

    public ImmutableHashSet<DeviceId> Withdrawn() =>
        [.. gate.Read(c => c.Query<string>("SELECT device_id FROM pairing_sponsored WHERE withdrawn = 1")).Select(DeviceId.Parse)];
}
