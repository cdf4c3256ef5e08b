using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Transfer.Receiving;

/// <summary>
/// A limit to what is taken in one transfer. It goes by the sizes that the sender claims: no chunk is listed beyond the size of its
/// file, and none travels that is not listed.
/// </summary>
public sealed partial class ReceiverMachine
{
    private long _claimed;

    private bool IsTooMuch => State <= ReceiverState.Receiving && _claimed > _setup.Limit?.MostBytes;

    private void Claim(ManifestPage page) => _claimed = ClaimedSizes.Sum([_claimed, page.NewBytes]);

    // Whoever accepted it, and however much of it is here.
    private void RefuseTooMuch() => End(ReceiverState.Declined, _setup.Limit!.Refusal, tellSender: true);
}
