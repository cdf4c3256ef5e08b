using OpenShare.Protocol.Identity;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Issuing;

/// <summary>The key of the nonces' HMAC: kept, so that a challenge outlives a restart of the service.</summary>
internal static class ChallengeKey
{
    public static async Task<byte[]> OpenOrCreateAsync(Store store, IRandomSource random, CancellationToken cancel)
    {
        var outcome = await store.WriteAsync<byte[]>(async db =>
        {
            var row = await db.Secrets.FindAsync([SecretRow.ChallengeKey], cancel);
            if (row is null)
                db.Secrets.Add(row = new SecretRow { Name = SecretRow.ChallengeKey, Value = random.Bytes(Challenges.KeySize) });
            return row.Value;
        }, cancel);
        return ((Outcome<byte[]>.Done)outcome).Value;
    }
}
