using OpenShare.Device.Hosting;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Transfers;

/// <summary>Who may send here, and where it goes.</summary>
/// <param name="Rules">what is decided once for all of a device; null: nothing is</param>
public sealed record ReceivingPolicy(AcceptPolicy Accept, string SaveTo, IAcceptRuleStore? Rules = null)
{
    /// <inheritdoc cref="DeviceOptions.AllowsOverwriting"/>
    public bool AllowsOverwriting { get; init; } = true;

    public ProvisionalRule Provisional { get; init; } = ProvisionalRule.None;

    /// <summary>Where what is offered under this certificate goes.</summary>
    internal string SaveToFor(DeviceCertificate sender) => sender.IsProvisional && Provisional.SaveTo is { } directory ? directory : SaveTo;

    /// <summary>Where what arrives goes, whoever sends it.</summary>
    internal IEnumerable<string> Directories => Provisional.SaveTo is { } directory ? [SaveTo, directory] : [SaveTo];

    /// <summary>For what this device offers. None stands before every rule, a rule before the rest.</summary>
    internal AcceptPolicy For(DeviceId device) => Accept == AcceptPolicy.None ? AcceptPolicy.None : Rules?.Find(device) switch
    {
        AcceptRule.Always => AcceptPolicy.Own,
        AcceptRule.Never => AcceptPolicy.None,
        _ => Accept,
    };
}
