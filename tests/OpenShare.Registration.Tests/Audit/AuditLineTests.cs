using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Audit;

public sealed class AuditLineTests
{
    private static readonly DateTimeOffset At = new(2031, 3, 14, 9, 26, 53, 589, TimeSpan.Zero);

    private static readonly AuditAct[] Acts =
    [
        new AuditAct.LogBegan(0, 1, 1),
        new AuditAct.CertificateIssued("alice", "000102030405060708090a0b0c0d0e0f", "Alice's laptop", 1, 1),
        new AuditAct.CertificateRenewed("alice", "000102030405060708090a0b0c0d0e0f", "Alice's laptop", 1, 2),
        new AuditAct.DeviceRevoked("alice", "000102030405060708090a0b0c0d0e0f", "Alice's laptop", 1, 2, "lost on a train"),
        new AuditAct.DeviceRevoked("bob", "0f0e0d0c0b0a09080706050403020100", "b", 2, 3),
        new AuditAct.KeyRotated("issuing", "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100", true, 2),
        new AuditAct.TokenCreated("alice", 3, At.AddDays(1), "for the new laptops"),
        new AuditAct.QuotaSet("alice", 20),
        new AuditAct.AdminCreated("dana", "registrar", At.AddDays(90)),
        new AuditAct.AdminRevoked("dana"),
    ];

    // Lines from before there were names have none.
    private static string? By(int number) => number > 6 ? "owner" : null;

    [Fact]
    public void The_golden_lines_are_what_these_inputs_make()
    {
        using var key = SigningKey.Create(new CountingRandom());
        var lines = new JsonArray();
        var previous = "";
        foreach (var (act, number) in Acts.Select((a, i) => (a, i + 1)))
        {
            var stored = new AuditLine(number, At.AddSeconds(number), previous, act, By(number)).Sign(key).ToByteArray();
            previous = AuditLine.HashOf(stored);
            lines.Add(new JsonObject
            {
                ["payload"] = Encoding.UTF8.GetString(Signed.Parser.ParseFrom(stored).Payload.Span),
                ["stored"] = Convert.ToHexStringLower(stored),
                ["hash"] = previous,
            });
            Assert.Equal((number, act), AuditLine.Read(Signed.Parser.ParseFrom(stored)) is var read ? ((int)read.Number, read.Act) : default);
        }
        VectorFile.Check("audit-line.json", new JsonObject
        {
            ["description"] = "Lines of the registration service's audit log, version 1 (docs/registration-service.md): a Signed of context openshare/audit-line/v1; 'previous' is the base64url SHA-256 of the stored line before.",
            ["seed"] = Convert.ToHexStringLower(key.ExportSeed()),
            ["lines"] = lines,
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"number":1,"at":"2031-03-14T09:26:53Z","previous":"","act":{"kind":"nothing_known"}}""")]
    [InlineData("""{"number":1,"at":"2031-03-14T09:26:53Z","previous":"","act":{"serial":1}}""")]
    [InlineData("""{"number":"1","at":"2031-03-14T09:26:53Z","previous":"","act":{"kind":"log_began","serial":0,"list_version":1,"trust_root":1}}""")]
    public void What_is_no_line_is_refused(string payload) =>
        Assert.Throws<ProtocolException>(() => AuditLine.Read(new Signed { Payload = ByteString.CopyFromUtf8(payload) }));
}
