namespace OpenShare.Registration;

/// <summary>Why something was refused: a stable code for programs (RegistrationProblems), a detail for people.</summary>
internal sealed record Refusal(string Code, string Detail);

/// <summary>What came of a request: its value, or a refusal. Only surprises are exceptions.</summary>
internal abstract record Outcome<T>
{
    private Outcome() { }

    public sealed record Done(T Value) : Outcome<T>;

    public sealed record Refused(Refusal Refusal) : Outcome<T>;

    public static implicit operator Outcome<T>(T value) => new Done(value);

    public static implicit operator Outcome<T>(Refusal refusal) => new Refused(refusal);

    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) => this switch
    {
        Done done => next(done.Value),
        Refused refused => refused.Refusal,
        _ => throw new InvalidOperationException(),
    };

    public async Task<Outcome<TNext>> ThenAsync<TNext>(Func<T, Task<Outcome<TNext>>> next) => this switch
    {
        Done done => await next(done.Value),
        Refused refused => refused.Refusal,
        _ => throw new InvalidOperationException(),
    };
}
