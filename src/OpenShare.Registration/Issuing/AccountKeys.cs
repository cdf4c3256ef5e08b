using Google.Protobuf;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>The accounts' discovery keys. Each change is part of its caller's transaction, with which the account's row is stored.</summary>
internal sealed class AccountKeys(OrganisationTrust trust, IRandomSource random, TimeProvider time)
{
    /// <summary>The newest, signed. It is signed when it is first asked for: an account can be made where no signing key is open.</summary>
    /// <param name="account">tracked</param>
    public DiscoveryKey Newest(AccountRow account)
    {
        var signed = account.SignedDiscoveryKey is { } bytes ? DiscoveryKey.Read(Signed.Parser.ParseFrom(bytes)) : null;
        // Devices take none that is signed by a key which was withdrawn since.
        return signed is not null && signed.Blob.KeyId == Issuing.PublicKey.KeyId ? signed : Sign(account, signed?.RevocationList ?? 0);
    }

    /// <summary>Makes the next one: a device that knew the one before was revoked.</summary>
    /// <param name="account">tracked</param>
    /// <param name="revocationList">the version of the list that says so</param>
    public void Renew(AccountRow account, ulong revocationList)
    {
        account.DiscoveryKey = random.Bytes(DiscoveryKey.Size);
        account.DiscoveryKeyVersion++;
        Sign(account, revocationList);
    }

    private ISigner Issuing => trust.SignerFor(TrustKey.Types.Role.Issuing);

    private DiscoveryKey Sign(AccountRow account, ulong revocationList)
    {
        var key = DiscoveryKey.Create(
            Issuing, (uint)account.DiscoveryKeyVersion, AccountId.Parse(account.Name), account.DiscoveryKey, revocationList, time.GetUtcNow());
        account.SignedDiscoveryKey = key.Blob.ToByteArray();
        return key;
    }
}
