using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Registration;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Revocation;

/// <summary>A machine, and what is asked of it and answered.</summary>
public abstract class RevocationMachineRig
{
    private protected readonly Organisation _organisation = new();
    private protected readonly RevocationMachine _machine = new(RevocationPace.Default, new SeededRandom(1));
    private protected DateTimeOffset _now = Organisation.Now;

    private protected RevocationList List(ulong version, params ulong[] numbers) =>
        RevocationList.Create(_organisation.Revocation, version, Organisation.Now, Organisation.Now.AddDays(7), numbers);

    private protected IReadOnlyList<RevocationEffect> AnswerDelta(RevocationEffect.Ask ask, RevocationDelta delta, string? etag = null) =>
        _machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.Delta(delta, etag)), _now);

    private protected RevocationSource Source => new(RegistrationMachineRig.Server, null, _organisation.Trust);

    private protected RevocationEffect.Ask Asking(RevocationList? held = null) =>
        Only<RevocationEffect.Ask>(Show(Assert.IsType<RevocationEffect.FetchTrustRoot>(_machine.Start(Source, held, _now)[^1])));

    private protected IReadOnlyList<RevocationEffect> Show(RevocationEffect.FetchTrustRoot fetch) =>
        _machine.Handle(new RevocationInput.TrustRootShown(fetch.Call, RegistrationMachineRig.Shown(_organisation)), _now);

    private protected IReadOnlyList<RevocationEffect> Answer(RevocationEffect.Ask ask, RevocationList list, string? etag = null) =>
        _machine.Handle(new RevocationInput.Answered(ask.Call, new RevocationAnswer.List(list.Blob, etag)), _now);

    private protected static T Only<T>(IReadOnlyList<RevocationEffect> effects) where T : RevocationEffect => Assert.IsType<T>(Assert.Single(effects));
}
