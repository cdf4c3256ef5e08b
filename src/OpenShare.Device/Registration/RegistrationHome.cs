using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Storage.Keys;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>What the registration flow finds in the device's home when it starts.</summary>
/// <param name="Pending">null also where the stored one cannot be read</param>
internal sealed record RegistrationHome(
    SigningKey Key, HeldRegistration? Held, TimeFloor Floor, RegistrationPlan? Pending, RegistrationCourse? Course)
{
    /// <summary>Reads it; a home without a key gets one.</summary>
    /// <exception cref="StorageException">the key or the database cannot be used</exception>
    internal static RegistrationHome Load(IKeyStore keys, IRegistrationStore store, IRandomSource random)
    {
        var record = store.Load();
        var key = keys.Load();
        if (record is not null && (key is null || !key.PublicKey.Equals(record.Certificate.PublicKey)))
            throw new StorageException("The private key in this home is not the one that this device's certificate is for. Restore it from a backup, or register in a new home (--home).");
        if (key is null)
            keys.Save(key = SigningKey.Create(random));
        var (plan, course) = LoadPending(store);
        return new RegistrationHome(key, record is null ? null : ToHeld(record), new TimeFloor(store.TimeFloor), plan, course);
    }

    internal static RegistrationRecord ToRecord(HeldRegistration held) =>
        new(held.Server, held.Issued.Certificate, held.Issued.Trust, held.Issued.DiscoveryKeys, held.ServerTrust);

    internal static PendingRegistration ToPending(RegistrationPlan plan, RegistrationCourse course) =>
        new(plan.Server, plan.Credential.Reveal(), plan.Name, plan.ServerTrust, course.Attempts, course.NextAttempt, course.LastProblem);

    private static HeldRegistration ToHeld(RegistrationRecord record) =>
        new(record.Server, record.ServerTrust, new IssuedRegistration(record.Certificate, record.Trust, record.DiscoveryKeys));

    private static (RegistrationPlan?, RegistrationCourse?) LoadPending(IRegistrationStore store)
    {
        if (store.LoadPending() is not { Token: { } token } pending)
            return (null, null);
        try
        {
            return (
                new RegistrationPlan(pending.Server, RegistrationCredential.Parse(token), pending.ServerTrust, pending.DeviceName),
                new RegistrationCourse(pending.Attempts, pending.NextAttempt, pending.LastProblem));
        }
        catch (ProtocolException)
        {
            // Written by another version: there is nothing to go on with, and the person can order it again.
            store.ClearPending();
            return (null, null);
        }
    }
}
