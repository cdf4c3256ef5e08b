using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>What a call to the registration service came to.</summary>
public abstract record ServiceAnswer<T>
{
    private ServiceAnswer() { }

    public sealed record Good(T Value) : ServiceAnswer<T>;

    public sealed record Failed(ServiceFailure Failure) : ServiceAnswer<T>;

    public static implicit operator ServiceAnswer<T>(T value) => new Good(value);

    public static implicit operator ServiceAnswer<T>(ServiceFailure failure) => new Failed(failure);
}
