namespace OpenShare.Agent.Tests.Support;

/// <summary>An environment variable of this process, put back afterwards.</summary>
internal sealed class TestEnvironment : IDisposable
{
    private readonly string _name;
    private readonly string? _before;

    private TestEnvironment(string name, string? value)
    {
        _name = name;
        _before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    internal static TestEnvironment With(string name, string? value) => new(name, value);

    public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
}
