using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Storage;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Device.Hosting;

/// <param name="Home">open, hence locked; stays the caller's, who closes it after the device has stopped</param>
/// <param name="Name">the name to register under where the registration gives none</param>
/// <param name="Listen">where peers are accepted; port 0: any free one</param>
/// <param name="AdvertisedPort">the port to announce where it is another than the one listened on (port forwarding, containers)</param>
/// <param name="Interfaces">names of the network interfaces to discover on; empty: all</param>
/// <param name="SaveTo">where received files go; made on the first receipt</param>
/// <param name="Passphrase">protects the private key where no secure store does; null: the key file is readable by its owner only</param>
/// <param name="Reach">whether the device goes on the network at all</param>
public sealed record DeviceOptions(
    DeviceHome Home,
    string Name,
    IPEndPoint Listen,
    int? AdvertisedPort,
    ImmutableArray<string> Interfaces,
    AcceptPolicy Accept,
    string SaveTo,
    Passphrase? Passphrase,
    DeviceReach Reach)
{
    /// <summary>Files that are there may be replaced where their sender wishes it; else what arrives gets another name.</summary>
    public bool AllowsOverwriting { get; init; } = true;

    public ProvisionalRule Provisional { get; init; } = ProvisionalRule.None;

    /// <summary>What this device does under a revocation list that is past its next update.</summary>
    public StaleListRule StaleList { get; init; } = StaleListRule.Warn;

    /// <summary>What links and streams go over. Without the QUIC library: TCP, or an error where nothing but QUIC is wanted.</summary>
    public CarrierRule Carriers { get; init; } = CarrierRule.Measured;

    /// <summary>Where the QUIC library lies; null: where the system looks.</summary>
    public string? QuicLibrary { get; init; }
}

/// <summary>What a person may change of it while the device runs.</summary>
public sealed record ReceivingRule(AcceptPolicy Accept, string SaveTo, bool AllowsOverwriting);

/// <summary>What is different for devices that were paired, and are not registered yet.</summary>
/// <param name="MostBytes">of one transfer of theirs; null: no limit</param>
/// <param name="SaveTo">where what they send goes; null: where all else does</param>
public sealed record ProvisionalRule(long? MostBytes, string? SaveTo)
{
    public static readonly ProvisionalRule None = new(MostBytes: null, SaveTo: null);
}

/// <summary>Who may send to this device.</summary>
public enum AcceptPolicy
{
    /// <summary>Nobody, whatever rules there are: offers are declined. Transfers accepted before go on.</summary>
    None,

    /// <summary>The devices of the own account.</summary>
    Own,

    /// <summary>A person is asked for each transfer, unless there is a rule for its device.</summary>
    Ask,
}

public enum DeviceReach
{
    /// <summary>Listens, announces, discovers, polls the registration service, resumes transfers.</summary>
    Network,

    /// <summary>As <see cref="Network"/>, but takes nothing: for the one command of a person who sends, on whose machine no agent runs.</summary>
    Sending,

    /// <summary>As <see cref="Network"/>, but no transfer goes on: for one command that looks who is there.</summary>
    Looking,

    /// <summary>As <see cref="Looking"/>, and where the address to listen at cannot be had, at any other: to find out what is wrong.</summary>
    Diagnosis,

    /// <summary>
    /// Opens its home only, to answer from what is stored and to speak with the registration service when asked:
    /// for the one command of a person on whose machine no agent runs.
    /// </summary>
    HomeOnly,
}

/// <summary>
/// What of its transfers a device goes on with, beside what it is told while it runs. A command's own device goes by that command's
/// settings: what it took, refused, replaced or found to be gone would be by others than the agent's.
/// </summary>
public enum TransferPart
{
    All,
    Sending,
    None,
}

/// <summary>A secret typed or kept by a person. Never printed.</summary>
public sealed class Passphrase(string text)
{
    public string Reveal() => text;

    public override string ToString() => "(passphrase)";
}
