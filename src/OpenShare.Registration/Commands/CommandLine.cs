using System.CommandLine;

namespace OpenShare.Registration.Commands;

/// <summary>`openshare-server`: its commands, and how any of them ends (0 done, 1 failed, 2 wrong usage).</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, TextReader? input = null)
    {
        var parsed = CreateRoot(new Person(input ?? Console.In, error)).Parse(args);
        if (parsed.Errors.Count > 0 && !DocumentedCommand.IsHelp(parsed))
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync("`--help` shows how it is used.");
            return UserError.WrongUsage;
        }
        try
        {
            // Signals are the host's while it runs; without one, the platform's own ending is the right one.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (UserError problem)
        {
            await error.WriteLineAsync(problem.Message);
            return problem.ExitCode;
        }
    }

    public static RootCommand CreateRoot(Person person)
    {
        var administrator = new Administrator();
        var root = new RootCommand("The OpenShare registration service: it gives devices their certificates and says which are revoked.")
        {
            RunCommand.Create(),
            TokenCommands.Create(administrator),
            DeviceCommands.Create(administrator),
            QuotaCommands.Create(administrator),
            KeyCommands.Create(administrator),
            RootCommands.Create(person),
            AdminCommands.Create(administrator),
            AuditCommands.Create(administrator),
        };
        DocumentedCommand.ShowExamples(root, "openshare-server run --data ./server-data");
        return root;
    }
}
