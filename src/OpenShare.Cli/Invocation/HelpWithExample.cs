using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OpenShare.Cli.Invocation;

/// <summary>The usual help, and an example to start from.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var example = (parseResult.CommandResult.Command as ShellCommand)?.Example ?? OpenShareCommand.Example;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        output.WriteLine($"  {example}");
        return code;
    }
}
