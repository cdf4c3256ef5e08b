using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Transfer.Carriers;

namespace OpenShare.Agent.Hosting;

/// <summary>Everything an agent can be told, parsed.</summary>
/// <param name="Home">an absolute path; made when it is opened</param>
/// <param name="AdvertisedPort">the port to announce, where peers reach this device at another than it listens on</param>
/// <param name="Interfaces">empty: all</param>
public sealed record AgentOptions(
    string Home,
    ControlEndpoint Control,
    string Name,
    IPEndPoint Listen,
    int? AdvertisedPort,
    ImmutableArray<string> Interfaces,
    AcceptFrom Accept,
    string SaveTo,
    string? PassphraseFile,
    AgentReach Reach,
    LogLevel LogLevel)
{
    /// <summary>Files that are there may be replaced where their sender wishes it.</summary>
    public YesNo Overwrite { get; init; } = YesNo.Yes;

    public ProvisionalRule Provisional { get; init; } = ProvisionalRule.None;

    /// <summary>Whom this very process takes files from: an agent alone takes any.</summary>
    internal AcceptFrom Takes => Reach == AgentReach.Network ? Accept : AcceptFrom.None;

    /// <summary>What this device does under a revocation list that is past its next update.</summary>
    public StaleListRule StaleList { get; init; } = StaleListRule.Warn;

    /// <summary>What links and streams go over.</summary>
    public CarrierRule Carriers { get; init; } = CarrierRule.Measured;

    /// <summary>Bytes a second of what is sent from here, where whoever sends says nothing; null: as many as go.</summary>
    public long? Limit { get; init; }

    /// <summary>What flags and environment said.</summary>
    internal IConfiguration Told { get; init; } = new ConfigurationBuilder().Build();

    /// <summary>The web UI is there, on a port of the loopback interface.</summary>
    public bool ServesPages { get; init; }

    /// <summary>What is logged goes to files in the home as well, a few and not large: for an agent that nobody watches.</summary>
    public bool KeepsLogs { get; init; }

    /// <summary>An agent that stays rehearses a transfer once it has started.</summary>
    public YesNo Rehearsal { get; init; } = YesNo.No;

    /// <summary>Where the QUIC library lies; null: where the system looks.</summary>
    public string? QuicLibrary { get; init; }
}

public enum YesNo
{
    Yes,
    No,
}

public enum AcceptFrom
{
    Own,
    Ask,
    None,
}

public enum AgentReach
{
    Network,

    /// <summary>On the network, and takes nothing: for a command that sends where no agent runs.</summary>
    Sending,

    /// <summary>On the network, and goes on with no transfer: for a command that looks who is there.</summary>
    Looking,

    /// <summary>As <see cref="Looking"/>, also where the address to listen at cannot be had: to find out what is wrong.</summary>
    Diagnosis,

    /// <summary>Answers from the home alone: for one command where no agent runs.</summary>
    HomeOnly,
}
