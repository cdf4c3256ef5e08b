namespace OpenShare.Registration;

/// <summary>Something the person who typed the command can put right. The message says what, why and what to do, in a line or two.</summary>
internal class UserError(string message, int exitCode = UserError.Failed) : Exception(message)
{
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public int ExitCode { get; } = exitCode;
}
