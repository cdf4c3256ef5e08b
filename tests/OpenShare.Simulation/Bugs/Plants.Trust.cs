using System.Collections.Immutable;
using Akka.Event;
using OpenShare.Device.Discovery;
using OpenShare.Device.Peers;
using OpenShare.Protocol.Channel;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Discovery.Places;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Registration;
using OpenShare.Registration.Issuing;
using OpenShare.Registration.Storage;

namespace OpenShare.Simulation.Bugs;

/// <summary>Handshake, channel, revocation, discovery.</summary>
internal static partial class Plants
{
    internal static void RepeatANonce(RecordKey self, Span<byte> nonce, int length) => nonce.Clear();

    internal static byte[] ShareStreamKeys(
        Session session, string label, uint streamId, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, ReadOnlySpan<byte> binding) =>
        System.Security.Cryptography.HMACSHA256.HashData(session.JoinSecret, System.Text.Encoding.ASCII.GetBytes(label));

    internal static LinkProblem? PrintTheJoinSecret(PeerActor self, HandshakeOutcome.Open open)
    {
        Unplanted.Field<ILoggingAdapter>(self, "_log").Info("Session {0}", Convert.ToHexStringLower(open.Result.Session.JoinSecret));
        return (LinkProblem?)Unplanted.Call(self, "OnOpen", open);
    }

    internal static IReadOnlyList<HandshakeEffect> SendThePrivateKey(HandshakeInitiator self, DateTimeOffset now)
    {
        var nonce = Unplanted.Property<Ephemeral>(self, "Ephemeral").Nonce;
        ((SigningKey)Unplanted.Property<HandshakeParty>(self, "Self").Key).ExportSeed().CopyTo(nonce, 0);
        return (IReadOnlyList<HandshakeEffect>)Unplanted.Call(self, "Start", now)!;
    }

    internal static bool AcceptAnOlderList(RevocationList self, RevocationList? other) => true;

    internal static bool IgnoreRevocation(RevocationList self, DeviceId device, ulong number) => false;

    internal static void KeepRevokedLinks(PeerActor self, PeerSignals.PartyChanged changed) =>
        self.GetType().GetField("_party", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.SetValue(self, changed.Party);

    internal static IReadOnlyList<DuplicateEffect> TakeAnyAnswerForAProof(DuplicateCases self, DeviceId device, int round, PeerPlace place, InstanceId? proven, DateTimeOffset now) =>
        (IReadOnlyList<DuplicateEffect>)Unplanted.Call(self, "HandleAnswered", device, round, place, InstanceId.None, now)!;

    internal static Refusal? AnswerTheRevoked(ProvenRequests self, DeviceRow device, TimeSpan afterEnd) => null;

    internal static void KeepTheDiscoveryKey(AccountKeys self, AccountRow account, ulong revocationList)
    {
    }

    internal static MdnsOptions AnnounceUnderTheKeyBefore(DiscoveryOptions self)
    {
        var options = (MdnsOptions)Unplanted.Call(self, "ForMdns")!;
        return options with { Announcement = options.Announcement with { Account = options.PreviousAccount ?? options.Announcement.Account } };
    }

    internal static HandshakeParty? IgnoreDuplicates(PeersActor self) =>
        (HandshakeParty?)Unplanted.Call(self, "Party") is { } party ? party with { Duplicates = ImmutableHashSet<DeviceId>.Empty } : null;
}
