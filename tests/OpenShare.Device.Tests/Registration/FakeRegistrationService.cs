using System.Collections.Concurrent;
using System.Security.Cryptography;
using OpenShare.Device.Registration;
using OpenShare.Device.Tests.Support;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Registration;

/// <summary>A registration service in memory: it keeps its own rules, and fails when a test says so.</summary>
internal sealed class FakeRegistrationService(TestOrganisation organisation, DateTimeOffset now) : IRegistrationService
{
    public static readonly byte[] TlsKey = SHA256.HashData("the service's TLS key"u8);

    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];
    private readonly Dictionary<string, DeviceCertificate> _spent = [];
    private RevocationList? _list;
    private TaskCompletionSource _listChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What every call comes to; null: the service works.</summary>
    public ServiceFailure? Down { get; set; }

    /// <summary>It throws, as none should.</summary>
    public bool Breaks { get; set; }

    /// <summary>The next certificate is issued, and its answer is lost on the way.</summary>
    public bool LosesNextAnswer { get; set; }

    /// <summary>What it gives where it is asked for the discovery key; null: the organisation's newest.</summary>
    public DiscoveryKey? GivenKey { get; set; }

    /// <summary>What it answers where it is asked for it; null: a key.</summary>
    public ServiceFailure? RefusesKey { get; set; }

    /// <summary>What it answers where it is asked for a delta; null: it has none.</summary>
    public RevocationAnswer? Delta { get; set; }

    /// <summary>The TLS key that connections show: another than the service's own where a relay is in between.</summary>
    public byte[] ShownTlsKey { get; set; } = TlsKey;

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    public int DevicesRegistered
    {
        get
        {
            lock (_lock)
                return _spent.Values.Select(c => c.DeviceId).Distinct().Count();
        }
    }

    public void Publish(RevocationList list)
    {
        lock (_lock)
        {
            _list = list;
            _listChanged.SetResult();
            _listChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Task<ServiceAnswer<ServiceShown>> GetTrustRoot(ServiceContact contact, CancellationToken cancellation) =>
        Answer<ServiceShown>("trust-root", () => new ServiceShown(
            new RegistrationMessages.TrustRootResponse(
                organisation.Trust.ToText(), organisation.VouchFor(TlsKey).ToText(), [.. organisation.Chain.Roots.SkipLast(1).Select(r => r.ToText())]),
            ShownTlsKey));

    public Task<ServiceAnswer<RegistrationMessages.Challenge>> GetChallenge(ServiceContact contact, CancellationToken cancellation) =>
        AnswerProven<RegistrationMessages.Challenge>(contact, "challenge", () => new RegistrationMessages.Challenge("AAAA", now.AddMinutes(5)));

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Register(
        ServiceContact contact, RegistrationMessages.RegisterRequest request, RegistrationCredential credential, CancellationToken cancellation) =>
        AnswerProven<RegistrationMessages.RegisterResponse>(contact, "register", () =>
        {
            var key = PublicKey.FromBytes(Base64Url.Decode(request.PubkeyEd25519, "key"));
            if (!_spent.TryGetValue(credential.Secret, out var certificate))
                _spent[credential.Secret] = certificate = organisation.Certify(key, request.Metadata.Name);
            else if (!certificate.PublicKey.Equals(key))
                return new ServiceFailure.Refused(403, RegistrationProblems.TokenUsed, "This registration token was used already.");
            return Issued(certificate);
        });

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Promote(
        ServiceContact contact, RegistrationMessages.PromoteRequest request, CancellationToken cancellation) =>
        AnswerProven<RegistrationMessages.RegisterResponse>(contact, "promote", () =>
            Issued(organisation.Certify(PublicKey.FromBytes(Base64Url.Decode(request.Device.PubkeyEd25519, "key")), request.Device.Metadata.Name)));

    /// <summary>Handed in, each once.</summary>
    public ConcurrentQueue<string> Withdrawals { get; } = [];

    public Task<ServiceAnswer<RegistrationMessages.WithdrawResponse>> Withdraw(
        ServiceContact contact, RegistrationMessages.WithdrawRequest request, CancellationToken cancellation) =>
        AnswerProven<RegistrationMessages.WithdrawResponse>(contact, "withdraw", () =>
        {
            Withdrawals.Enqueue(request.Withdrawal);
            return new RegistrationMessages.WithdrawResponse();
        });

    public Task<ServiceAnswer<RegistrationMessages.RegisterResponse>> Renew(
        ServiceContact contact, RegistrationMessages.RenewRequest request, CancellationToken cancellation) =>
        AnswerProven<RegistrationMessages.RegisterResponse>(contact, "renew", () =>
        {
            var proof = RegistrationProofPayload.Parser.ParseFrom(SignedBlobs.Parse(request.Proof, "proof").Payload);
            return Issued(organisation.Certify(PublicKey.FromBytes(proof.PubkeyEd25519.Span), proof.Name));
        });

    public Task<ServiceAnswer<DiscoveryKey>> GetDiscoveryKey(
        ServiceContact contact, RegistrationMessages.DiscoveryKeyRequest request, CancellationToken cancellation) =>
        AnswerProven<DiscoveryKey>(contact, "discovery-key", () => RefusesKey is { } refusal ? refusal : GivenKey ?? organisation.DiscoveryKeys.Issue!);

    public async Task<ServiceAnswer<RevocationAnswer>> GetRevocationList(
        ServiceContact contact, ulong after, string? etag, TimeSpan wait, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _listChanged.Task;
                if (Down is not null || wait == TimeSpan.Zero || _list?.Version > after)
                    break;
            }
            // A call that is given up ends with an answer too, as the interface promises.
            if (await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, cancellation)) != changed)
                return new ServiceFailure.Unreachable("It was given up.");
        }
        return await AnswerProven<RevocationAnswer>(contact, "crl", () => _list is null
            ? new RevocationAnswer.NotModified()
            : new RevocationAnswer.List(_list.Blob, $"\"{_list.Version}\""));
    }

    // As a service of before there were deltas.
    public Task<ServiceAnswer<RevocationAnswer>> GetRevocationDelta(
        ServiceContact contact, ulong from, string? etag, TimeSpan wait, CancellationToken cancellation) =>
        Answer<RevocationAnswer>("crl/delta", () => Delta is { } delta ? delta : new ServiceFailure.Refused(404, null, "Not found."));

    private ServiceAnswer<RegistrationMessages.RegisterResponse> Issued(DeviceCertificate certificate)
    {
        if (LosesNextAnswer)
        {
            LosesNextAnswer = false;
            return new ServiceFailure.Unreachable("The connection broke.");
        }
        return new RegistrationMessages.RegisterResponse(
            certificate.Blob.ToText(), organisation.Trust.ToText(), Base64Url.Encode(organisation.DiscoveryKeys.Current.Span), _list?.Version ?? 0,
            organisation.DiscoveryKeys.Issue!.Blob.ToText());
    }

    private Task<ServiceAnswer<T>> AnswerProven<T>(ServiceContact contact, string call, Func<ServiceAnswer<T>> answer) =>
        Answer<T>(call, () => contact.ServerTrust is null && contact.Pin is null
            ? throw new ArgumentException("the contact is not proven", nameof(contact))
            : contact.Pin is { } pin && !pin.SpkiSha256.Span.SequenceEqual(ShownTlsKey) ? new ServiceFailure.Untrusted("Another TLS key.") : answer());

    private Task<ServiceAnswer<T>> Answer<T>(string call, Func<ServiceAnswer<T>> answer)
    {
        lock (_lock)
        {
            _calls.Add(call);
            if (Breaks)
                throw new InvalidDataException("The service broke.");
            return Task.FromResult(Down is { } failure ? failure : answer());
        }
    }
}
