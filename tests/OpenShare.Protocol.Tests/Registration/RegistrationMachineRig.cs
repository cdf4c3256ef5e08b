using System.Security.Cryptography;
using Google.Protobuf;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Registration;

/// <summary>A registration machine, a service to answer it, and the clock between them.</summary>
internal sealed class RegistrationMachineRig
{
    internal static readonly Uri Server = new("https://registration.example:8443");
    internal static readonly byte[] TlsKey = SHA256.HashData("the service's TLS key"u8);
    internal static readonly byte[] OtherTlsKey = SHA256.HashData("a relay's TLS key"u8);

    private readonly FixedRandom _random = new();

    internal RegistrationMachineRig() =>
        Machine = new RegistrationMachine(Key, new DevicePlatform("linux-x64", "0.1.0"), _random, TimeFloor.None);

    internal Organisation Organisation { get; } = new();

    internal SigningKey Key { get; } = Organisation.Key(9, 9);

    internal RegistrationMachine Machine { get; set; }

    /// <summary>Every random byte; all bits set, the most that a back-off may wait, until a test says another.</summary>
    internal byte Chance
    {
        set => _random.Byte = value;
    }

    internal DateTimeOffset Now { get; set; } = Organisation.Now;

    internal static RegistrationPlan Plan(string? serverTrust = null, byte family = 0) => new(
        Server, new RegistrationTokenText(new byte[16], AccountId.Parse("acme"), new Organisation(family).Trust.Fingerprint.Span), serverTrust, "Laptop");

    internal IReadOnlyList<RegistrationEffect> Begin(RegistrationPlan? plan = null)
    {
        Assert.IsType<RegistrationEffect.StorePlan>(Assert.Single(Machine.Begin(plan ?? Plan(), Now)));
        return Handle(new RegistrationInput.PlanStored());
    }

    internal IReadOnlyList<RegistrationEffect> Handle(RegistrationInput input) => Machine.Handle(input, Now);

    /// <summary>The machine asked for the trust root; it is shown, and what the machine does next is the answer.</summary>
    internal IReadOnlyList<RegistrationEffect> Show(IReadOnlyList<RegistrationEffect> effects, byte[]? shownKey = null, byte[]? vouchedKey = null, Organisation? by = null) =>
        Handle(new RegistrationInput.TrustRootShown(Only<RegistrationEffect.FetchTrustRoot>(effects).Call, Shown(by ?? Organisation, shownKey, vouchedKey)));

    internal IReadOnlyList<RegistrationEffect> Challenge(IReadOnlyList<RegistrationEffect> effects) =>
        Handle(new RegistrationInput.Challenged(
            Only<RegistrationEffect.AskChallenge>(effects).Call, new RegistrationMessages.Challenge(Base64Url.Encode("nonce"u8), Now.AddMinutes(5))));

    internal IReadOnlyList<RegistrationEffect> Fail(int call, ServiceFailure failure) => Handle(new RegistrationInput.CallFailed(call, failure));

    /// <summary>All of a registration, from the order to the certificate on disk.</summary>
    internal HeldRegistration Register(TimeSpan? lifetime = null)
    {
        var send = Only<RegistrationEffect.SendRegistration>(Challenge(Show(Begin())));
        return Settle(send.Call, lifetime);
    }

    internal HeldRegistration Settle(int call, TimeSpan? lifetime = null)
    {
        Only<RegistrationEffect.StoreRegistration>(Handle(new RegistrationInput.Issued(call, Issue(lifetime: lifetime))));
        return Assert.IsType<RegistrationEffect.Announce>(Handle(new RegistrationInput.RegistrationStored())[^1]).Held;
    }

    internal RegistrationMessages.RegisterResponse Issue(
        Organisation? by = null, PublicKey? key = null, string account = "acme", TimeSpan? lifetime = null, SigningKey? issuing = null,
        DiscoveryKey? discoveryKey = null)
    {
        var certificate = DeviceCertificate.Issue(
            issuing ?? (by ?? Organisation).Issuing, 1, 1, key ?? Key.PublicKey, AccountId.Parse(account), "Laptop", Now, lifetime ?? Organisation.Year);
        return new RegistrationMessages.RegisterResponse(certificate.Blob.ToText(), Organisation.Trust.ToText(), Base64Url.Encode((discoveryKey?.Secret ?? new byte[32]).Span), 1, discoveryKey?.Blob.ToText());
    }

    internal static ServiceShown Shown(Organisation by, byte[]? shownKey = null, byte[]? vouchedKey = null)
    {
        var endpoint = new TlsEndpointPayload { SpkiSha256 = ByteString.CopyFrom(vouchedKey ?? TlsKey), IssuedAt = Organisation.Now.ToUnixTimeSeconds() };
        var signed = SignedBlobs.Sign(by.Issuing, SignatureContext.TlsEndpoint, endpoint);
        return new ServiceShown(new RegistrationMessages.TrustRootResponse(by.Trust.ToText(), signed.ToText()), shownKey ?? TlsKey);
    }

    /// <summary>What a service shows that has changed its keys: all of the chain, and its TLS key under the new issuing key.</summary>
    internal static ServiceShown Shown(TrustChain trust, SigningKey issuing, int leftOut = 0)
    {
        var endpoint = new TlsEndpointPayload { SpkiSha256 = ByteString.CopyFrom(TlsKey), IssuedAt = Organisation.Now.ToUnixTimeSeconds() };
        return new ServiceShown(new RegistrationMessages.TrustRootResponse(
            trust.Newest.ToText(), SignedBlobs.Sign(issuing, SignatureContext.TlsEndpoint, endpoint).ToText(),
            [.. trust.Roots.SkipLast(1).Skip(leftOut).Select(r => r.ToText())]), TlsKey);
    }

    internal static T Only<T>(IReadOnlyList<RegistrationEffect> effects) where T : RegistrationEffect => Assert.IsType<T>(Assert.Single(effects));

    internal RegistrationRefusal Refusal => Assert.IsType<RegistrationStatus.Refused>(Machine.Status).Reason;

    private sealed class FixedRandom : IRandomSource
    {
        public byte Byte { get; set; } = 0xFF;

        public void Fill(Span<byte> bytes) => bytes.Fill(Byte);
    }
}
