using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers;

/// <summary>Who may send here, and where it goes. A person changes it while the device runs; it outlives a restart of the flow that goes by it.</summary>
/// <param name="rules">what is decided once for all of a device; null: nothing is</param>
public sealed class ReceivingPolicy(AcceptPolicy accept, string saveTo, IAcceptRuleStore? rules = null)
{
    public AcceptPolicy Accept { get; private set; } = accept;

    public string SaveTo { get; private set; } = saveTo;

    /// <inheritdoc cref="DeviceOptions.AllowsOverwriting"/>
    public bool AllowsOverwriting { get; set; } = true;

    public ProvisionalRule Provisional { get; init; } = ProvisionalRule.None;

    internal void Change(ReceivingRule rule) => (Accept, SaveTo, AllowsOverwriting) = (rule.Accept, rule.SaveTo, rule.AllowsOverwriting);

    /// <summary>Where what is offered under this certificate goes.</summary>
    internal string SaveToFor(DeviceCertificate sender) => sender.IsProvisional && Provisional.SaveTo is { } directory ? directory : SaveTo;

    /// <summary>Where what arrives goes, whoever sends it.</summary>
    internal IEnumerable<string> Directories => Provisional.SaveTo is { } directory ? [SaveTo, directory] : [SaveTo];

    /// <summary>For what this device offers. None stands before every rule, a rule before the rest.</summary>
    /// <param name="isAsked">A person was asked about this offer already: he is still, whatever is decided since.</param>
    internal AcceptPolicy For(DeviceId device, bool isAsked = false) => Accept == AcceptPolicy.None ? AcceptPolicy.None : isAsked ? AcceptPolicy.Ask : rules?.Find(device) switch
    {
        AcceptRule.Always => AcceptPolicy.Own,
        AcceptRule.Never => AcceptPolicy.None,
        _ => Accept,
    };
}
