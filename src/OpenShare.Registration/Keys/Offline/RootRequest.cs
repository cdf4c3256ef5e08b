using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Keys.Offline;

/// <summary>What root keys that are not at the service are asked to sign: the trust root that is to follow this one.</summary>
internal sealed record RootRequest(TrustRoot Before, TrustRootDraft Next)
{
    /// <summary>How long an answer is waited for, from the making of the request on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    public DateTimeOffset AnswerBy => Next.IssuedAt + Patience;

    /// <summary>Whose signatures it takes: one of the version before and one of the next.</summary>
    public IEnumerable<PublicKey> RootKeys => RootsOf(Before.Keys).Union(RootsOf(Next.Keys));

    /// <summary>Signed by a root key of the version before, and by one of the next.</summary>
    public (bool Before, bool Next) Signed => (RootsOf(Before.Keys).Any(Next.IsSignedBy), RootsOf(Next.Keys).Any(Next.IsSignedBy));

    public RootRequestFile ToFile() => new(RootRequestFile.CurrentFormat, Before.ToText(), Next.ToText());

    /// <summary>True where it asks for the same, however far it is signed.</summary>
    public bool AsksForTheSameAs(RootRequest other) =>
        Before.Fingerprint.Span.SequenceEqual(other.Before.Fingerprint.Span) && Next.HasContentsOf(other.Next);

    /// <summary>What is asked for, line by line and leaving out no difference, for the person who is to say yes.</summary>
    public IEnumerable<string> InPlainWords() =>
    [
        $"Version {Next.Version} of the organisation's keys, made {Next.IssuedAt:u}, to follow version {Before.Version} of {Before.IssuedAt:u}:",
        .. Before.Keys.Where(k => !Next.Keys.Any(k.IsSameKeyAs)).Select(k => Line(k, Withdrawn(k.Role))),
        .. Next.Keys.Select(k => Line(k, Fate(Before.Keys.FirstOrDefault(k.IsSameKeyAs), k))),
        $"It is to be back at the service by {AnswerBy:u}.",
    ];

    private static string Fate(TrustedKey? before, TrustedKey next) => before switch
    {
        null => $"NEW, from {next.NotBefore:u} until {next.NotAfter:u}",
        _ when before == next => "stays as it is",
        _ when before.NotBefore == next.NotBefore && next.NotAfter < before.NotAfter => $"signs nothing more after {next.NotAfter:u}; what it signed stays good",
        _ => $"its time was {before.NotBefore:u} until {before.NotAfter:u}, and is to be {next.NotBefore:u} until {next.NotAfter:u}",
    };

    private static string Withdrawn(TrustKey.Types.Role role) => role == TrustKey.Types.Role.Root
        ? "WITHDRAWN: nothing that it signs from now on counts"
        : "WITHDRAWN: nothing that it signed counts any more";

    private static string Line(TrustedKey key, string fate) => $"  {OrganisationTrust.Name(key.Role),-8} {key.Key.KeyId}  {fate}";

    private static IEnumerable<PublicKey> RootsOf(IEnumerable<TrustedKey> keys) => keys.Where(k => k.Role == TrustKey.Types.Role.Root).Select(k => k.Key);
}
