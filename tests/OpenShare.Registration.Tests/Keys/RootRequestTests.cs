using System.Text.Json;
using System.Text.Json.Nodes;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Keys;
using OpenShare.Registration.Keys.Offline;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Keys;

public sealed class RootRequestTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2031, 3, 14, 9, 26, 53, TimeSpan.Zero);

    private readonly CountingRandom _random = new();
    private readonly IReadOnlyList<RoleKey> _keys;
    private readonly SigningKey _offline, _issuing;
    private readonly TrustRoot _first;

    public RootRequestTests()
    {
        _keys = RoleKey.CreateSet(_random);
        (_offline, _issuing) = (SigningKey.Create(_random), SigningKey.Create(_random));
        _first = TrustRoot.Create(_keys[0].Key, _keys[1].Key.PublicKey, _keys[2].Key.PublicKey, At, At.AddYears(10));
    }

    public void Dispose()
    {
        foreach (var key in (SigningKey[])[.. _keys.Select(k => k.Key), _offline, _issuing])
            key.Dispose();
    }

    [Fact]
    public void The_golden_files_are_what_these_inputs_make()
    {
        var move = Request(_first, TrustKey.Types.Role.Root, _offline);
        var moved = move with { Next = move.Next.SignedBy(_offline) };
        var second = _first.Follow(moved.Next.SignedBy(_keys[0].Key).Link);
        var rotation = Request(second, TrustKey.Types.Role.Issuing, _issuing);
        var rotated = rotation with { Next = rotation.Next.SignedBy(_offline) };
        Assert.Equal(3u, second.Follow(rotated.Next.Link).Version);
        VectorFile.Check("root-request.json", new JsonObject
        {
            ["description"] = "Requests to a root key that is kept offline, and what comes back (docs/registration-service.md): 'before' is the newest trust root, 'next' the one to follow it, "
                + "each a base64url TrustRootLink; the answer is the request with one more signature in 'next'. The first takes the root key offline; the second replaces the issuing key.",
            ["root_seed"] = Convert.ToHexStringLower(_keys[0].Key.ExportSeed()),
            ["offline_root_seed"] = Convert.ToHexStringLower(_offline.ExportSeed()),
            ["next_issuing_seed"] = Convert.ToHexStringLower(_issuing.ExportSeed()),
            ["steps"] = new JsonArray(Step(move, moved), Step(rotation, rotated)),
        });

        foreach (var step in VectorFile.Read("root-request.json")["steps"]!.AsArray())
        {
            var (request, answer) = (Read(step!["request"]!), Read(step["answer"]!));
            Assert.True(answer.AsksForTheSameAs(request) && !request.Next.IsSignedBy(_offline.PublicKey) && answer.Next.IsSignedBy(_offline.PublicKey));
        }

        static JsonObject Step(RootRequest request, RootRequest answer) => new()
        {
            ["request"] = JsonSerializer.SerializeToNode(request.ToFile(), RegistrationJson.Options),
            ["in_plain_words"] = new JsonArray([.. request.InPlainWords().Select(line => (JsonNode)line)]),
            ["answer"] = JsonSerializer.SerializeToNode(answer.ToFile(), RegistrationJson.Options),
        };

        static RootRequest Read(JsonNode file) => file.Deserialize<RootRequestFile>(RegistrationJson.Options)!.Open();
    }

    [Fact]
    public void No_difference_between_the_two_is_left_out_of_the_words()
    {
        var keys = _first.Keys;
        (string, IEnumerable<TrustedKey>)[] changes =
        [
            ($"root     {_offline.PublicKey}  NEW, from 2031", keys.Append(new(TrustKey.Types.Role.Root, _offline.PublicKey, At, At.AddDays(1)))),
            ($"crl      {keys[1].Key}  NEW, from 2031", keys.Append(keys[1] with { Role = TrustKey.Types.Role.Crl })),
            ($"issuing  {keys[1].Key}  WITHDRAWN: nothing that it signed", [keys[0], keys[2]]),
            ($"root     {keys[0].Key}  WITHDRAWN: nothing that it signs", [keys[1], keys[2]]),
            ($"crl      {keys[2].Key}  signs nothing more after 2031-03-15", [keys[0], keys[1], keys[2] with { NotAfter = At.AddDays(1) }]),
            ($"crl      {keys[2].Key}  its time was 2031", [keys[0], keys[1], keys[2] with { NotAfter = keys[2].NotAfter.AddDays(1) }]),
            ($"root     {keys[0].Key}  its time was 2031", [keys[0] with { NotBefore = At.AddDays(-9) }, keys[1], keys[2]]),
        ];
        foreach (var (line, changed) in changes)
        {
            var words = new RootRequest(_first, _first.Draft(changed, At)).InPlainWords().ToList();
            Assert.Contains(words, w => w.Contains(line, StringComparison.Ordinal));
            Assert.True(words.Count(w => !w.EndsWith("stays as it is", StringComparison.Ordinal)) >= 3, string.Join('\n', words));
        }
        Assert.Equal(3, new RootRequest(_first, _first.Draft(keys, At)).InPlainWords().Count(w => w.EndsWith("stays as it is", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"format":"openshare/root-request/v1","before":"AA"}""")]
    [InlineData("""{"format":"openshare/root-request/v1","before":null,"next":"AA"}""")]
    [InlineData("not json")]
    public void What_is_no_request_is_said(string text)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("request"), text);
        Assert.Contains("no request", Assert.Throws<UserError>(() => RootRequestFile.Read(directory.File("request"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_or_not_there_is_said()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory.File("request"), new byte[RootRequestFile.MaxSize + 1]);
        Assert.Contains("larger", Assert.Throws<UserError>(() => RootRequestFile.Read(directory.File("request"))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<UserError>(() => RootRequestFile.Read(directory.File("none"))).Message, StringComparison.Ordinal);
    }

    private static RootRequest Request(TrustRoot before, TrustKey.Types.Role role, SigningKey added)
    {
        var now = before.IssuedAt.AddDays(30);
        var change = new KeyChange(role, added.PublicKey, KeyChange.Newest(before, role), role == TrustKey.Types.Role.Root);
        return new RootRequest(before, before.Draft(change.AppliedTo(before, now, now + RootRequest.Patience), now));
    }
}
