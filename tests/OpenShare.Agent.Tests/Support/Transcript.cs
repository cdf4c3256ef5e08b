using System.Text;

namespace OpenShare.Agent.Tests.Support;

/// <summary>What a command has said so far; can be read while it goes on.</summary>
internal sealed class Transcript : TextWriter
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_text)
            _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_text)
            _text.Append(value);
    }

    public override string ToString()
    {
        lock (_text)
            return _text.ToString();
    }
}
