using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Storage.Database;

/// <summary>Receipts, given and got, kept for good.</summary>
public interface IReceiptStore
{
    /// <summary>Durably, and the transfer's record with it: a receipt leaves only after this.</summary>
    void Save(TransferNo transfer, FinalReceipt receipt, TransferRecord completed);

    FinalReceipt? Find(TransferNo transfer);

    /// <summary>The sender has it.</summary>
    void MarkConfirmed(TransferNo transfer);

    bool IsConfirmed(TransferNo transfer);

    /// <returns>receiving transfers whose receipt the sender has not confirmed</returns>
    IReadOnlyList<TransferNo> Unconfirmed();
}
