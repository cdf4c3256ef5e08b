using OpenShare.Agent.Documents;

namespace OpenShare.Agent.Login;

/// <summary>A login came to nothing. The message is for a person, and has nothing secret in it.</summary>
/// <param name="code">one of <see cref="ProblemCodes"/></param>
internal sealed class LoginException(string code, string message) : Exception(message)
{
    internal string Code => code;
}
