using Dapper;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteRevocationStore(SqliteGate gate) : IRevocationStore
{
    public RevocationList? Load(TrustRoot trust) =>
        gate.Read(c => c.QuerySingleOrDefault<byte[]>("SELECT list FROM revocation_list")) is { } list
            ? RevocationList.Read(Messages.Parse(Signed.Parser, list, "revocation list"), trust)
            : null;

    // Compared where it is replaced, so that of two lists that arrive at once the newer one stays.
    public bool Save(RevocationList list) => gate.WriteDurably(c => c.Execute(
        """
        INSERT INTO revocation_list VALUES (1, @Version, @IssuedAt, @Blob)
        ON CONFLICT DO UPDATE SET crl_version = excluded.crl_version, issued_at = excluded.issued_at, list = excluded.list
        WHERE (excluded.crl_version, excluded.issued_at) > (crl_version, issued_at)
        """,
        new { Version = Ordered(list.Version), IssuedAt = Columns.Of(list.IssuedAt), Blob = list.Blob.ToByteArray() })) > 0;

    public void Discard() => gate.WriteDurably(c => c.Execute("DELETE FROM revocation_list"));

    // The top bit turned, unsigned numbers stand in a signed column in their own order.
    private static long Ordered(ulong version) => unchecked((long)(version ^ (1UL << 63)));
}
