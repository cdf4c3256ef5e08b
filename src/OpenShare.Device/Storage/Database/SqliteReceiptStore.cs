using Dapper;
using Google.Protobuf;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

internal sealed class SqliteReceiptStore(SqliteGate gate) : IReceiptStore
{
    public void Save(TransferNo transfer, FinalReceipt receipt, TransferRecord completed) => gate.WriteDurably(c =>
    {
        c.Execute("INSERT OR REPLACE INTO receipts VALUES (@Value, @receipt, 0)", new { transfer.Value, receipt = receipt.ToByteArray() });
        SqliteTransferStore.Update(c, transfer, completed);
    });

    public FinalReceipt? Find(TransferNo transfer) =>
        gate.Read(c => c.QuerySingleOrDefault<byte[]>("SELECT receipt FROM receipts WHERE transfer = @Value", transfer)) is { } receipt
            ? Messages.Parse(FinalReceipt.Parser, receipt, "receipt")
            : null;

    public void MarkConfirmed(TransferNo transfer) => gate.Write(c => c.Execute("UPDATE receipts SET confirmed = 1 WHERE transfer = @Value", transfer));

    public bool IsConfirmed(TransferNo transfer) =>
        gate.Read(c => c.QuerySingleOrDefault<long>("SELECT confirmed FROM receipts WHERE transfer = @Value", transfer)) == 1;

    public IReadOnlyList<TransferNo> Unconfirmed() =>
        [.. gate.Read(c => c.Query<long>(
            "SELECT transfer FROM receipts JOIN transfers ON no = transfer WHERE confirmed = 0 AND direction = 'Receiving' ORDER BY transfer"))
            .Select(no => new TransferNo(no))];
}
