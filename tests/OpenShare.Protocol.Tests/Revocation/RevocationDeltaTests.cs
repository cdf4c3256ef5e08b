using FsCheck.Xunit;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Revocation;

public sealed class RevocationDeltaTests
{
    private readonly Organisation _organisation = new();

    [Property]
    public void From_any_list_to_any_later_one_it_makes_the_very_bytes_that_were_signed(byte[] earlier, byte[] later, bool withId)
    {
        var (before, after) = (Numbers(earlier), Numbers(later));
        var held = List(3, before);
        var to = List(4, after, withId ? [_organisation.Device(9).Certificate.DeviceId] : []);
        var delta = RevocationDelta.Parse(RevocationDelta.Between(3, before.Except(after).Union(after.Except(before)), to).ToText());

        var made = delta.ApplyTo(held, _organisation.Trust);

        Assert.Equal(to.Blob, made.Blob);
        Assert.Equal((to.Version, to.Count), (made.Version, made.Count));
    }

    [Fact]
    public void A_list_signed_anew_follows_from_its_elder_in_two_hundred_bytes()
    {
        var numbers = Enumerable.Range(1, 10_000).Select(n => 50UL * (ulong)n).ToList();
        var anew = RevocationList.Create(_organisation.Revocation, 3, Organisation.Now.AddDays(3), Organisation.Now.AddDays(10), numbers);
        var delta = RevocationDelta.Between(3, [], anew);

        Assert.InRange(delta.ToBytes().Length, 1, 200);
        Assert.Equal(anew.Blob, delta.ApplyTo(List(3, numbers), _organisation.Trust).Blob);
    }

    [Fact]
    public void A_thousand_more_of_a_million_are_less_than_ten_kilobytes()
    {
        var before = Enumerable.Range(1, 1_000_000).Select(n => 50UL * (ulong)n).ToList();
        var added = Enumerable.Range(1, 1_000).Select(n => 50UL * 997 * (ulong)n + 1).ToList();
        var to = List(4, before.Concat(added));
        var delta = RevocationDelta.Between(3, added, to);

        Assert.InRange(delta.ToBytes().Length, 1_000, 10_000);
        Assert.Equal(to.Blob, delta.ApplyTo(List(3, before), _organisation.Trust).Blob);
    }

    [Fact]
    public void One_that_would_make_a_list_without_end_makes_none()
    {
        // In twenty bytes: a number that in the list's own code takes petabytes.
        var delta = RevocationDelta.Between(3, [1UL << 62], List(4, [10, 20]));
        Assert.Contains("more bytes than a revocation list may have", Refusal(delta, List(3, [10, 20])), StringComparison.Ordinal);
    }

    [Fact]
    public void Applied_to_another_list_than_its_own_it_makes_nothing()
    {
        var delta = RevocationDelta.Between(3, [30], List(4, [10, 20, 30]));

        Assert.Contains("list 3, and held here is 2", Refusal(delta, List(2, [10])), StringComparison.Ordinal);
        // Of the right version and another content: who says so holds a list that nobody could have signed, or the delta lies.
        Assert.Contains("could be believed", Refusal(delta, List(3, [10, 21])), StringComparison.Ordinal);
        Assert.NotNull(delta.ApplyTo(List(3, [10, 20]), _organisation.Trust));
        Assert.Contains("not signed", Assert.Throws<ProtocolException>(() => delta.ApplyTo(List(3, [10, 20]), new Organisation(1).Trust)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Altered_anywhere_it_makes_the_same_list_or_none()
    {
        var (held, to) = (List(3, [10, 20]), List(4, [10, 20, 30, 5_000]));
        var bytes = RevocationDelta.Between(3, [30, 5_000], to).ToBytes();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in new byte[] { 1, 2, 4, 8, 16, 32, 64, 128 })
            {
                byte[] changed = [.. bytes];
                changed[at] ^= flip;
                try
                {
                    Assert.Equal(to.Blob, RevocationDelta.Parse(Base64Url.Encode(changed)).ApplyTo(held, _organisation.Trust).Blob);
                }
                catch (ProtocolException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            }
        }
    }

    [Property]
    public void Any_bytes_are_a_delta_or_refused(byte[] bytes)
    {
        try
        {
            RevocationDelta.Parse(Base64Url.Encode(bytes)).ApplyTo(List(3, [10]), _organisation.Trust);
            Assert.Fail("Nobody signed that.");
        }
        catch (ProtocolException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    [Fact]
    public void A_delta_that_asks_for_a_senseless_code_is_refused_before_anything_is_made()
    {
        var wire = RevocationListDelta.Parser.ParseFrom(RevocationDelta.Between(3, [30], List(4, [10, 30])).ToBytes());
        var next = RevocationListPayload.Parser.ParseFrom(wire.List.Payload);
        next.Numbers.Rice = 4_000_000_000;
        wire.List.Payload = next.ToByteString();
        Assert.Contains("parameter", Refusal(RevocationDelta.Parse(Base64Url.Encode(wire.ToByteArray())), List(3, [10])), StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => RevocationDelta.Parse(new string('A', 2 * Limits.RevocationDelta)));
    }

    private string Refusal(RevocationDelta delta, RevocationList held) =>
        Assert.Throws<ProtocolException>(() => delta.ApplyTo(held, _organisation.Trust)).Message;

    private RevocationList List(ulong version, IEnumerable<ulong> numbers, IEnumerable<DeviceId>? ids = null) =>
        RevocationList.Create(_organisation.Revocation, version, Organisation.Now, Organisation.Now.AddDays(7), numbers, ids);

    private static List<ulong> Numbers(byte[] bytes) => [.. bytes.Select((b, i) => 1 + (ulong)b * (ulong)(i % 7 + 1)).Distinct()];
}
