using System.Collections.Immutable;
using Dapper;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqlitePairingStore(SqliteGate gate) : IPairingStore
{
    private static readonly TimeSpan KeptPastTheirEnd = TimeSpan.FromDays(1);

    public void Save(PairingToken invitation, DateTimeOffset now) => gate.WriteDurably(c =>
    {
        c.Execute("DELETE FROM pairing_invitations WHERE expires_at < @before", Before(now));
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
        c.Execute("DELETE FROM pairing_sponsored WHERE expires_at < @before", Before(now));
        c.Execute(
            "INSERT OR REPLACE INTO pairing_sponsored VALUES (@Sha256, @DeviceId, @ExpiresAt)",
            new { Sha256 = provisional.PayloadSha256, DeviceId = provisional.DeviceId.ToString(), ExpiresAt = Columns.Of(provisional.ExpiresAt) });
        return new SpendOutcome.Spent();
    });

    public IReadOnlyList<(string Sha256, DateTimeOffset ExpiresAt)> GivenTo(DeviceId device, DateTimeOffset now) =>
        [.. gate.Read(c => c.Query<Given>(
                "SELECT certificate, expires_at AS ExpiresAt FROM pairing_sponsored WHERE device_id = @id AND expires_at >= @now",
                new { id = device.ToString(), now = Columns.Of(now - ClockSkew.Allowed) }))
            .Select(given => (given.Certificate, Columns.Time(given.ExpiresAt)))];

    public bool Add(IReadOnlyList<Withdrawal> withdrawals, DateTimeOffset now) => gate.WriteDurably(c =>
    {
        c.Execute("DELETE FROM pairing_withdrawals WHERE expires_at < @before", Before(now));
        var isNew = false;
        foreach (var withdrawal in withdrawals)
        {
            var sponsor = withdrawal.Certificate.Sponsor.ToString();
            isNew |= c.Execute(
                "INSERT OR IGNORE INTO pairing_withdrawals VALUES (@Sha256, @Sponsor, @ExpiresAt, @Blob)",
                new { withdrawal.Certificate.Sha256, Sponsor = sponsor, ExpiresAt = Columns.Of(withdrawal.ExpiresAt), Blob = withdrawal.Blob.ToByteArray() }) > 0;
            // Each crowds out its own alone.
            c.Execute(
                "DELETE FROM pairing_withdrawals WHERE sponsor = @sponsor AND certificate IN (SELECT certificate FROM pairing_withdrawals WHERE sponsor = @sponsor ORDER BY expires_at DESC, certificate LIMIT -1 OFFSET @most)",
                new { sponsor, most = Withdrawal.Most });
        }
        return isNew;
    });

    public ImmutableArray<Withdrawal> Withdrawals() =>
        [.. gate.Read(c => c.Query<byte[]>("SELECT withdrawal FROM pairing_withdrawals ORDER BY expires_at DESC, certificate"))
            .Select(blob => Withdrawal.Read(Messages.Parse(Signed.Parser, blob, "withdrawal")))];

    private static object Before(DateTimeOffset now) => new { before = Columns.Of(now - KeptPastTheirEnd) };

    private sealed record Given(string Certificate, long ExpiresAt);
}
