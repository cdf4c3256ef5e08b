using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers.Rehearsing;

/// <summary>How a rehearsal ended.</summary>
public abstract record RehearsalEnd
{
    private RehearsalEnd() { }

    /// <param name="Transfer">as a person would be told of it</param>
    public sealed record Completed(TransferView Transfer) : RehearsalEnd;

    public sealed record Failed(string Problem) : RehearsalEnd;
}
