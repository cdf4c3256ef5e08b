using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class RevocationListTests
{
    private static readonly DateTimeOffset Now = Organisation.Now;
    private readonly Organisation _organisation = new();

    [Property]
    public void Lists_are_ordered_by_version_then_time_and_none_is_newer_than_itself(byte versionA, byte versionB, byte secondsA, byte secondsB)
    {
        var (a, b) = (List(versionA % 3u, secondsA % 3), List(versionB % 3u, secondsB % 3));
        var expected = (versionA % 3, secondsA % 3).CompareTo((versionB % 3, secondsB % 3)) > 0;
        Assert.Equal(expected, a.IsNewerThan(b));
        Assert.False(a.IsNewerThan(b) && b.IsNewerThan(a));
        Assert.True(a.IsNewerThan(null));
        Assert.False(a.IsNewerThan(a));
    }

    [Fact]
    public void A_list_past_its_next_update_is_stale_and_still_revokes()
    {
        var device = _organisation.Device(10).Certificate;
        var list = _organisation.Revoke(1, device);
        Assert.False(list.IsStaleAt(list.NextUpdate));
        Assert.True(list.IsStaleAt(list.NextUpdate.AddSeconds(1)));
        Assert.True(list.Revokes(device));
    }

    [Fact]
    public void Only_a_crl_key_of_the_trust_root_signs_lists()
    {
        Assert.Equal(1UL, RevocationList.Read(List(1, 0).Blob, _organisation.Trust).Version);
        foreach (var other in new[] { _organisation.Root, _organisation.Issuing, Organisation.Key(0, 10), new Organisation(family: 1).Revocation })
        {
            var forged = RevocationList.Create(other, 9, Now, Now.AddDays(1), []);
            Assert.Throws<ProtocolException>(() => RevocationList.Read(forged.Blob, _organisation.Trust));
        }
        Assert.Throws<ProtocolException>(() => RevocationList.Read(List(1, 0).Blob, new Organisation(family: 1).Trust));
    }

    [Theory]
    [InlineData(-31)]
    [InlineData(365 * 6)]
    public void A_list_from_outside_its_keys_validity_is_refused(int days)
    {
        var list = RevocationList.Create(_organisation.Revocation, 1, Now.AddDays(days), Now.AddDays(days + 1), []);
        Assert.Throws<ProtocolException>(() => RevocationList.Read(list.Blob, _organisation.Trust));
    }

    [Fact]
    public void A_list_with_any_byte_changed_is_refused()
    {
        var bytes = _organisation.Revoke(1, _organisation.Device(10).Certificate).Blob.ToByteArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1;
            Assert.Throws<ProtocolException>(() => RevocationList.Read(SignedBlobs.Parse(changed, "revocation list"), _organisation.Trust));
        }
    }

    [Fact]
    public void A_list_in_an_unknown_encoding_or_with_a_senseless_field_is_refused()
    {
        foreach (var change in new Action<RevocationListPayload>[]
        {
            p => p.Encoding = (RevocationListPayload.Types.Encoding)3, p => p.Encoding = 0,
            p => p.IssuedAt = -1, p => p.NextUpdate = long.MaxValue,
            p => p.DeviceIds.Add(ByteString.Empty), p => p.DeviceIds.Add(ByteString.CopyFrom(new byte[17])),
            p => p.Numbers.Count = 1, p => p.Numbers.Rice = 49, p => p.Numbers.Gaps = ByteString.CopyFrom([1]),
            p => { p.Encoding = RevocationListPayload.Types.Encoding.Entries; p.Entries.Add(new RevokedDevice()); },
        })
        {
            var payload = RevocationListPayload.Parser.ParseFrom(List(1, 0).Blob.Payload);
            change(payload);
            var signed = SignedBlobs.Sign(_organisation.Revocation, SignatureContext.RevocationList, payload);
            Assert.Throws<ProtocolException>(() => RevocationList.Read(signed, _organisation.Trust));
        }
    }

    [Fact]
    public void A_forged_list_is_not_even_parsed()
    {
        // Bytes that no parser takes: were the signature looked at second, the error would be another.
        var forged = SignedBlobs.Sign(Organisation.Key(9, 9), SignatureContext.RevocationList, [0xff, 0xff]);
        var error = Assert.Throws<ProtocolException>(() => RevocationList.Read(forged, _organisation.Trust));
        Assert.Contains("not signed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_revoked_by_its_number_and_one_that_has_none_by_its_id()
    {
        var (numbered, other) = (_organisation.Device(10).Certificate, _organisation.Device(11).Certificate);
        var list = RevocationList.Create(_organisation.Revocation, 1, Now, Now.AddDays(1), [numbered.DeviceNo, 500], [other.DeviceId]);
        var read = RevocationList.Read(list.Blob, _organisation.Trust);

        Assert.Equal(3, read.Count);
        Assert.True(read.Revokes(numbered) && read.Names(other.DeviceId, 0));
        // Whoever has no number is not in the list for that.
        Assert.False(read.Names(numbered.DeviceId, 0) || read.Revokes(_organisation.Device(12).Certificate));
    }

    [Fact]
    public void A_list_in_the_encoding_of_before_revokes_by_id()
    {
        var (device, other) = (_organisation.Device(10).Certificate, _organisation.Device(11).Certificate);
        var payload = new RevocationListPayload { CrlVersion = 1, IssuedAt = Now.ToUnixTimeSeconds(), NextUpdate = Now.ToUnixTimeSeconds(), Encoding = RevocationListPayload.Types.Encoding.Entries };
        payload.Entries.Add(new RevokedDevice { DeviceNo = 11, DeviceId = ByteString.CopyFrom(device.DeviceId.ToBytes()), Reason = "lost" });
        var list = RevocationList.Read(SignedBlobs.Sign(_organisation.Revocation, SignatureContext.RevocationList, payload), _organisation.Trust);

        Assert.True(list.Revokes(device));
        Assert.False(list.Revokes(other));
        Assert.Equal(1, list.Count);
    }

    [Fact]
    public void A_list_of_a_million_devices_travels_as_text_and_one_over_the_limit_does_not()
    {
        var list = RevocationList.Create(_organisation.Revocation, 1, Now, Now.AddDays(1), Enumerable.Range(1, 1_000_000).Select(n => 100UL * (ulong)n));
        Assert.InRange(list.Blob.Payload.Length, 4 * Limits.SignedPayload, 2_000_000);
        var read = RevocationList.Parse(list.Blob.ToText(), _organisation.Trust);
        Assert.Equal(1_000_000, read.Count);
        Assert.True(read.Names(default, 100_000_000) && !read.Names(default, 99_999_999));

        var large = new Signed { Payload = ByteString.CopyFrom(new byte[Limits.RevocationList + 1]) };
        Assert.Throws<ProtocolException>(() => RevocationList.Read(large, _organisation.Trust));
        Assert.Throws<ProtocolException>(() => RevocationList.Parse(new string('A', 2 * Limits.RevocationList), _organisation.Trust));
    }

    private RevocationList List(ulong version, int seconds) =>
        RevocationList.Create(_organisation.Revocation, version, Now.AddSeconds(seconds), Now.AddDays(1), []);
}
