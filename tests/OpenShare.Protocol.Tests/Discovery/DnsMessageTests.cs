using System.Globalization;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using OpenShare.Protocol.Discovery.Dns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Protocol.Tests.Discovery;

public sealed class DnsMessageTests
{
    [Property(MaxTest = 300, Arbitrary = [typeof(Messages)])]
    public void A_message_is_read_as_it_was_written(DnsMessage message)
    {
        var read = DnsMessage.Decode(message.Encode());

        Assert.Equal((message.Id, message.IsResponse, message.IsTruncated, message.IsPlain), (read.Id, read.IsResponse, read.IsTruncated, read.IsPlain));
        Assert.Equal(message.Questions.AsEnumerable(), read.Questions.AsEnumerable());
        Assert.Equal(message.Answers.AsEnumerable(), read.Answers.AsEnumerable());
        Assert.Equal(message.Authorities.AsEnumerable(), read.Authorities.AsEnumerable());
        Assert.Equal(message.Additionals.AsEnumerable(), read.Additionals.AsEnumerable());
    }

    [Property(MaxTest = 2000)]
    public void Any_bytes_are_a_message_or_refused(byte[] bytes) => ReadOrRefuse(bytes);

    [Property(MaxTest = 1000, Arbitrary = [typeof(Messages)])]
    public void A_damaged_message_is_a_message_or_refused(DnsMessage message, PositiveInt where, byte value, NonNegativeInt cut)
    {
        var bytes = message.Encode();
        bytes[where.Get % bytes.Length] = value;
        ReadOrRefuse(bytes);
        ReadOrRefuse(bytes[..(cut.Get % bytes.Length)]);
    }

    [Fact]
    public void Random_bytes_with_a_header_that_claims_much_are_read_or_refused()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(12, 600)];
            random.NextBytes(bytes);
            // Small counts and many pointers get further into the reader than random ones.
            bytes.AsSpan(4, 8).Clear();
            bytes[5] = (byte)random.Next(4);
            bytes[7] = (byte)random.Next(20);
            for (var p = 12; p < bytes.Length - 1; p += random.Next(1, 12))
                bytes[p] = random.Next(3) == 0 ? (byte)0xC0 : (byte)random.Next(12);
            ReadOrRefuse(bytes);
        }
    }

    [Theory]
    [InlineData("c00c", "itself")]
    [InlineData("c00e", "onwards")]
    [InlineData("0161c00c", "back to its own start, through a label")]
    [InlineData("c0", "nowhere, cut short")]
    [InlineData("0161", "no end")]
    [InlineData("40", "a label of 64 bytes, a form that does not exist")]
    [InlineData("01ff00", "a label that is not UTF-8")]
    public void A_name_that_points_to(string name, string where)
    {
        var bytes = Convert.FromHexString("000000000001000000000000" + name + "00ff0001");

        Assert.Throws<ProtocolException>(() => DnsMessage.Decode(bytes));
        Assert.NotEmpty(where);
    }

    [Theory]
    [InlineData("c00c00050000000040", "as multicast DNS has it", true)]
    [InlineData("c00c", "of no type", true)]
    [InlineData("0161c00c00050000000040", "with another next name", true)]
    [InlineData("", "empty", false)]
    [InlineData("c022000100", "whose name points to itself", false)]
    [InlineData("0361", "whose name runs beyond its end", false)]
    [InlineData("01ff00000100", "whose name is not UTF-8", false)]
    [InlineData("c00c000540", "with a bitmap that is cut short", false)]
    [InlineData("c00c0000", "with a bitmap of no bytes", false)]
    [InlineData("c00c0001400101ff", "with a second block", false)]
    [InlineData("c00c010140", "with a block of types beyond 255", false)]
    public void An_nsec_record_breaks_nothing(string data, string which, bool isUnderstood)
    {
        const string Header = "000084000000000200000000";
        const string Host = "04686f7374056c6f63616c00";
        const string Address = "c00c00010001000000780004" + "0a000001";

        var read = DnsMessage.Decode(Convert.FromHexString(Header + Host + "002f000100000078" + (data.Length / 2).ToString("x4", CultureInfo.InvariantCulture) + data + Address));

        Assert.NotEmpty(which);
        Assert.Equal(isUnderstood, read.Answers[0].Data is DnsData.NoOthers);
        Assert.Equal((DnsType.Nsec, DnsType.A), (read.Answers[0].Type, read.Answers[1].Type));
    }

    [Fact]
    public void A_name_of_more_than_255_bytes_is_refused_however_it_is_made()
    {
        var label = string.Concat(Enumerable.Repeat("0f" + string.Concat(Enumerable.Repeat("61", 15)), 15));
        var bytes = Convert.FromHexString("000000000002000000000000" + label + "00" + "000c0001" + "0f" + string.Concat(Enumerable.Repeat("62", 15)) + "c00c" + "000c0001");

        Assert.Throws<ProtocolException>(() => DnsMessage.Decode(bytes));
        Assert.Throws<ProtocolException>(() => DnsName.Of(Enumerable.Repeat(new string('a', 15), 16)));
        Assert.Equal(255, DnsName.Of(Enumerable.Repeat(new string('a', 15), 15).Append(new string('b', 13))).WireLength);
    }

    [Fact]
    public void Counts_that_the_message_cannot_hold_are_refused_before_anything_is_read()
    {
        var bytes = Convert.FromHexString("0000" + "8400" + "ffff" + "ffff" + "ffff" + "ffff");

        var error = Assert.Throws<ProtocolException>(() => DnsMessage.Decode(bytes));

        Assert.Contains("65535 questions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_beyond_the_limit_is_neither_read_nor_written()
    {
        Assert.Throws<ProtocolException>(() => DnsMessage.Decode(new byte[DnsLimits.Message + 1]));
        var large = new DnsRecord(DnsName.Of("a"), new DnsData.Text(new byte[5000]), 1);
        Assert.Throws<ProtocolException>(() => new DnsMessage { Answers = [large, large] }.Encode());
    }

    [Fact]
    public void Names_differ_in_more_than_the_case_of_ascii_letters()
    {
        Assert.Equal(DnsName.Of("Ab", "Local"), DnsName.Of("aB", "lOCAL"));
        Assert.NotEqual(DnsName.Of("É"), DnsName.Of("é"));
        Assert.NotEqual(DnsName.Of("a.b"), DnsName.Of("a", "b"));
        Assert.NotEqual(DnsName.Of("a.b").ToString(), DnsName.Of("a", "b").ToString());
        Assert.True(DnsName.Of("x y.z", "_a", "local").IsChildOf(DnsName.Of("_A", "local")));
        Assert.False(DnsName.Of("x", "y", "_a", "local").IsChildOf(DnsName.Of("_a", "local")));
        Assert.False(DnsName.Of("_a", "local").IsChildOf(DnsName.Of("_a", "local")));
        Assert.Equal("\\u001b[31m.local", DnsName.Of("\u001b[31m", "local").ToString());
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            DnsMessage.Decode(bytes);
        }
        catch (ProtocolException)
        {
            // Refused.
        }
    }

    public static class Messages
    {
        private static readonly string[] SomeLabels = ["local", "_openshare", "_tcp", "Ann's laptop", "a.b", "räksmörgås", "名前", new('x', 60), "LOCAL"];

        public static Arbitrary<DnsMessage> Message() => Arb.From(
            from id in Gen.Choose(0, ushort.MaxValue)
            from response in Gen.Elements(true, false)
            from truncated in Gen.Elements(true, false)
            from questions in Gen.ListOf(Question(), 3)
            from answers in Gen.ListOf(Record(), 4)
            from authorities in Gen.ListOf(Record(), 2)
            from additionals in Gen.ListOf(Record(), 4)
            select new DnsMessage
            {
                Id = (ushort)id,
                IsResponse = response,
                IsTruncated = truncated,
                Questions = [.. questions],
                Answers = [.. answers],
                Authorities = [.. authorities],
                Additionals = [.. additionals],
            });

        private static Gen<DnsName> Name() =>
            from count in Gen.Choose(0, 3)
            from labels in Gen.ListOf(Gen.Elements(SomeLabels), count)
            select DnsName.Of(labels);

        private static Gen<DnsQuestion> Question() =>
            from name in Name()
            from type in Gen.Elements(DnsType.A, DnsType.Aaaa, DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.Any)
            from unicast in Gen.Elements(true, false)
            select new DnsQuestion(name, type, unicast);

        private static Gen<DnsRecord> Record() =>
            from name in Name()
            from data in Gen.OneOf(Address(4), Address(16), Pointer(), Service(), Text(), NoOthers(), Other())
            from ttl in Gen.Choose(0, 5000)
            from flush in Gen.Elements(true, false)
            select new DnsRecord(name, data, (uint)ttl, flush);

        private static Gen<DnsData> Address(int size) => Bytes(size).Select(b => (DnsData)new DnsData.Address(new IPAddress(b)));

        private static Gen<DnsData> Pointer() => Name().Select(n => (DnsData)new DnsData.Pointer(n));

        private static Gen<DnsData> Service() =>
            from numbers in Gen.ListOf(Gen.Choose(0, ushort.MaxValue), 3)
            from target in Name()
            select (DnsData)new DnsData.Service((ushort)numbers[0], (ushort)numbers[1], (ushort)numbers[2], target);

        private static Gen<DnsData> Text() =>
            from strings in Gen.ListOf(Gen.Choose(0, 255).SelectMany(Bytes), 3)
            select (DnsData)new DnsData.Text(strings.SelectMany(s => s.Prepend((byte)s.Length)).ToArray());

        private static Gen<DnsData> NoOthers() =>
            from next in Name()
            from types in Gen.ListOf(Gen.Choose(0, 255), 4)
            select (DnsData)new DnsData.NoOthers(next, [.. types.Take(types[0] % 4).Distinct().Order().Select(t => (DnsType)t)]);

        private static Gen<DnsData> Other() => Bytes(7).Select(b => (DnsData)new DnsData.Other((DnsType)13, b));

        private static Gen<byte[]> Bytes(int count) => Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(count);
    }
}
