using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Simulation.Bugs;

/// <summary>Pairing.</summary>
internal static partial class Plants
{
    private static readonly ConditionalWeakTable<SqlitePairingStore, HashSet<PairingNonce>> s_spent = [];

    internal static PairingRefusal? IgnoreTheEndOfAnInvitation(PairingToken token, PublicKey key, PairingSponsor self, DateTimeOffset now) =>
        (PairingRefusal?)Unplanted.Call(typeof(PairingChecks), "JudgeAsSponsor", token, key, self, token.IssuedAt);

    internal static PairingRefusal? GiveToAnyKey(PairingToken token, PublicKey key, PairingSponsor self, DateTimeOffset now) =>
        (PairingRefusal?)Unplanted.Call(typeof(PairingChecks), "JudgeAsSponsor", token, key, self, now) is { Code: not PairingRefusalCode.ForAnotherKey } refusal ? refusal : null;

    internal static SpendOutcome RememberTheSpentInMemory(SqlitePairingStore self, PairingNonce nonce, DeviceCertificate provisional, DateTimeOffset now)
    {
        var outcome = (SpendOutcome)Unplanted.Call(self, "Spend", nonce, provisional, now)!;
        var isNew = s_spent.GetOrCreateValue(self).Add(nonce);
        return outcome is SpendOutcome.SpentBefore && isNew ? new SpendOutcome.Spent() : outcome;
    }

    internal static DeviceCertificate LetTheProvisionalPair(DeviceCertificate self, Signed blob, bool maySponsor) =>
        (DeviceCertificate)Unplanted.Call(self, "ReadSponsor", blob, true)!;

    internal static (RefusalCode Code, string Detail)? IgnoreWithdrawals(HandshakeParty self, DeviceCertificate shown, DeviceCertificate sponsor) =>
        ((RefusalCode Code, string Detail)?)Unplanted.Call(
            typeof(PeerChecks), "JudgeProvisional", self with { Withdrawn = ImmutableHashSet<GivenCertificate>.Empty }, shown, sponsor);

    internal static void ForgetWhatWasGiven(SqliteRegistrationStore self, RegistrationRecord registration)
    {
        if (!registration.Certificate.IsProvisional)
            Unplanted.Call(self, "Save", registration);
    }
}
