using OpenShare.Device.Views;
using OpenShare.Protocol.Transfer;

namespace OpenShare.Device.Hosting;

/// <summary>Tells of transfers that have ended, for <see cref="IDevice.TransferEnded"/>.</summary>
public sealed class TransferEndings
{
    public event EventHandler<TransferId>? Ended;

    public void Note(TransferView transfer)
    {
        if (transfer.IsEnded)
            Ended?.Invoke(this, transfer.Id);
    }
}
