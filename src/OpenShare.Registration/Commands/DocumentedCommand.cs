using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OpenShare.Registration.Commands;

/// <summary>A command whose --help ends with an example of its use.</summary>
internal sealed class DocumentedCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;

    /// <summary>Puts the examples into the help of the root and all its commands.</summary>
    public static void ShowExamples(RootCommand root, string rootExample)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExample((HelpAction)help.Action!, rootExample);
    }

    /// <summary>True where --help is asked for: then what else is missing does not matter.</summary>
    public static bool IsHelp(ParseResult parsed) => parsed.Action is HelpWithExample;

    private sealed class HelpWithExample(HelpAction help, string rootExample) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var status = help.Invoke(parseResult);
            var example = parseResult.CommandResult.Command is DocumentedCommand command ? command.Example : rootExample;
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {example}\n");
            return status;
        }
    }
}
