using OpenShare.Agent.Client;
using OpenShare.Agent.Documents;

namespace OpenShare.Cli.Invocation;

/// <summary>What a script sees of a command's end (docs/cli.md).</summary>
internal static class ExitCode
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int Usage = 2;
    internal const int Cancelled = 3;
    internal const int DeviceNotFound = 4;
    internal const int NotTrusted = 5;
    internal const int ServerUnreachable = 6;
    internal const int TokenOrQuota = 7;

    internal static int Of(LocalApiException problem) => problem.Code switch
    {
        ProblemCodes.BadRequest or ProblemCodes.Ambiguous => Usage,
        ProblemCodes.NotCompared => Cancelled,
        ProblemCodes.DeviceNotFound => DeviceNotFound,
        ProblemCodes.NotTrusted or ProblemCodes.NotRegistered or ProblemCodes.SponsorUnknown => NotTrusted,
        ProblemCodes.BadToken or ProblemCodes.LoginFailed => TokenOrQuota,
        ProblemCodes.ServerUnreachable => ServerUnreachable,
        _ => Failed,
    };

    /// <summary>Of a transfer that has ended.</summary>
    internal static int Of(TransferDocument transfer) => transfer.State switch
    {
        TransferStates.Completed => Done,
        TransferStates.Declined or TransferStates.Cancelled => Cancelled,
        _ => transfer.Problem switch
        {
            "bad_path" => Usage,
            "device_not_found" => DeviceNotFound,
            "not_trusted" or "not_registered" => NotTrusted,
            _ => Failed,
        },
    };

    /// <summary>Of a registration that was refused.</summary>
    internal static int Of(RegistrationDocument refused) => refused.Reason switch
    {
        "bad_token" or "quota" => TokenOrQuota,
        "revoked" => NotTrusted,
        _ => Failed,
    };
}
