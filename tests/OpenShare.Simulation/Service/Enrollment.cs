using Dapper;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tokens;

namespace OpenShare.Simulation.Service;

/// <summary>
/// Registers a device in no time, for worlds of thousands: the same rows as the service itself would have written, and
/// what it would have answered.
/// </summary>
internal static class Enrollment
{
    internal static HeldRegistration Run(
        SqliteConnection database, ISigningKeyStore keys, TrustRoot trust, PublicKey key, string name, RegistrationTokenText token, DateTimeOffset now,
        TimeSpan lifetime)
    {
        using var transaction = database.BeginTransaction();
        var (deviceNo, serial) = (Next(database, CounterRow.DeviceNo), Next(database, CounterRow.Serial));
        var secret = TokenSecret.Hash(Base64Url.Decode(token.Secret, "token"));
        if (database.Execute("UPDATE tokens SET uses_left = uses_left - 1 WHERE secret_hash = @secret AND uses_left > 0", new { secret }) != 1)
            throw new InvalidOperationException("The token is spent.");
        var certificate = DeviceCertificate.Issue(
            keys.Signers(TrustKey.Types.Role.Issuing)[^1], (ulong)serial, (ulong)deviceNo, key, token.Account, name, now, lifetime);
        database.Execute(
            """
            INSERT INTO devices (device_no, device_id, account, public_key, name, platform, app_version, registered_at, serial, certificate,
                certificate_expires_at)
            VALUES (@deviceNo, @Id, @Account, @Key, @name, 'simulation', '0.1.0', @At, @serial, @Certificate, @Expires);
            INSERT INTO token_uses (secret_hash, device_no, used_at) VALUES (@secret, @deviceNo, @At);
            """,
            new
            {
                deviceNo, Id = certificate.DeviceId.ToString(), Account = token.Account.Value, Key = key.Bytes.ToArray(), name,
                At = now.ToUnixTimeMilliseconds(), serial, Certificate = certificate.Blob.ToByteArray(),
                Expires = certificate.ExpiresAt.ToUnixTimeMilliseconds(), secret,
            });
        var issue = Issue(database, keys, token.Account, now);
        transaction.Commit();
        return new HeldRegistration(SimulatedService.Address, ServerTrust: null, new IssuedRegistration(certificate, TrustChain.Of(trust), DiscoveryKeys.Of(issue)));
    }

    // The first to ask has it signed.
    private static DiscoveryKey Issue(SqliteConnection database, ISigningKeyStore keys, AccountId account, DateTimeOffset now)
    {
        var (secret, version, signed) = database.QuerySingle<(byte[], long, byte[]?)>(
            "SELECT discovery_key, discovery_key_version, signed_discovery_key FROM accounts WHERE name = @Value", account);
        if (signed is not null)
            return DiscoveryKey.Read(Signed.Parser.ParseFrom(signed));
        var issue = DiscoveryKey.Create(keys.Signers(TrustKey.Types.Role.Issuing)[^1], (uint)version, account, secret, revocationList: 0, now);
        database.Execute("UPDATE accounts SET signed_discovery_key = @Blob WHERE name = @Value", new { Blob = issue.Blob.ToByteArray(), account.Value });
        return issue;
    }

    private static long Next(SqliteConnection database, string counter) =>
        database.QuerySingle<long>("UPDATE counters SET value = value + 1 WHERE name = @counter RETURNING value", new { counter });
}
