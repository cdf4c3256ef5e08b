using System.Text;

namespace OpenShare.Registration.Commands;

/// <summary>Whoever typed the command, where they are asked something.</summary>
/// <param name="output">where questions are shown: stdout holds only what scripts read</param>
internal sealed class Person(TextReader input, TextWriter output)
{
    /// <summary>True for the word yes alone; nothing, or the end of the input, is no.</summary>
    public bool SaysYes(string question)
    {
        output.Write(question + " Type yes: ");
        output.Flush();
        return string.Equals(input.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A secret is typed unseen, at a terminal.</summary>
    /// <returns>null where there is none</returns>
    public string? AskSecret(string question)
    {
        if (Console.IsInputRedirected)
            return null;
        output.Write(question);
        output.Flush();
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        output.WriteLine();
        return typed.ToString();
    }
}
