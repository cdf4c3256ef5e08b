using System.Net;
using OpenShare.Agent.Tests.Support;
using OpenShare.Device.Discovery;
using OpenShare.Device.Pairing;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Agent.Tests;

/// <summary>openshare pair, with a device that answers what the test says.</summary>
public sealed class PairTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly FakeDevice _device = new();
    private readonly PairingToken _token = Token();

    [Fact]
    public async Task Show_prints_the_code_its_picture_and_what_to_do_with_it()
    {
        Assert.Equal(0, await Run("pair", "show", "--json"));
        Golden.Equal("pair-show.json", _out, (_home.Home, "HOME"));
        Assert.Equal(_device.Shown.Code.ToString(), OpenShare.Agent.Qr.QrPicture.Read(File.ReadAllBytes(Path.Combine(_home.Home, "pairing-code.png")), "it"));

        Assert.Equal(0, await Run("pair", "show"));
        Assert.Contains($"openshare pair invite {_device.Shown.Code}", _out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invite_takes_a_code_or_its_picture_and_prints_the_token_and_its_picture()
    {
        PairingCode? asked = null;
        _device.OnInvite = (code, scope) =>
        {
            (asked, _) = (code, scope);
            return new InviteOutcome.Invited(_token);
        };
        Assert.Equal(0, await Run("pair", "invite", _token.Code.ToString().ToLowerInvariant(), "--json"));
        Assert.Equal(_token.Code, asked);
        Golden.Equal("pair-invite.json", _out, (_home.Home, "HOME"));
        var picture = Path.Combine(_home.Home, "pairing-invitation.png");
        Assert.Equal(_token.ToText(), OpenShare.Agent.Qr.QrPicture.Read(File.ReadAllBytes(picture), "it"));

        var code = Path.Combine(_home.Root, "code.png");
        _device.Shown = new PairingShown(_token.Code, new string('b', 32));
        Assert.Equal(0, await Run("pair", "show", "--png", code));
        asked = null;
        Assert.Equal(0, await Run("pair", "invite", code));
        Assert.Equal(_token.Code, asked);
        Assert.Contains($"openshare pair join {_token.ToText()}", _out, StringComparison.Ordinal);
        Assert.Contains(_token.Sponsor.PublicKey.KeyId, _out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("file")]
    [InlineData("picture")]
    [InlineData("-")]
    public async Task Join_takes_the_token_as_text_from_a_file_a_picture_or_the_standard_input(string form)
    {
        (PairingToken? Token, string? Fingerprint) asked = default;
        _device.OnJoin = (token, fingerprint) =>
        {
            asked = (token, fingerprint);
            return new JoinReport.Ended(new JoinOutcome.Paired(Certificate()));
        };
        var lines = string.Join('\n', _token.ToText().Chunk(60).Select(l => new string(l)));
        var given = form switch
        {
            "file" => _home.Write("token.txt", lines + "\n"),
            "picture" => Picture(_token.ToText()),
            "-" => "-",
            _ => _token.ToText(),
        };
        var fingerprint = _token.Sponsor.PublicKey.KeyId;

        Assert.Equal(0, await Run(System.Text.Encoding.ASCII.GetBytes(lines), "pair", "join", given, "--fingerprint", fingerprint.ToUpperInvariant(), "--json"));
        Assert.Equal((_token.ToText(), fingerprint), (asked.Token!.ToText(), asked.Fingerprint));
        Golden.Equal("pair-join.json", _out);
    }

    [Theory]
    [InlineData(PairingRefusalCode.Spent, 7)]
    [InlineData(PairingRefusalCode.Expired, 7)]
    [InlineData(PairingRefusalCode.ForAnotherKey, 7)]
    [InlineData(PairingRefusalCode.SponsorRevoked, 5)]
    [InlineData(PairingRefusalCode.SponsorProvisional, 5)]
    [InlineData(PairingRefusalCode.BadGrant, 1)]
    [InlineData(PairingRefusalCode.NotCompared, 3)]
    public async Task A_refusal_is_said_in_its_own_words_with_its_own_code(PairingRefusalCode code, int exit)
    {
        _device.OnJoin = (_, _) => new JoinReport.Ended(new JoinOutcome.Refused(new PairingRefusal(code, $"It is {code}."), ByPeer: true));
        Assert.Equal(exit, await Run("pair", "join", _token.ToText(), "--yes"));
        Assert.Equal($"It is {code}.", _error.TrimEnd());
    }

    [Fact]
    public async Task A_sponsor_that_nobody_vouches_for_is_refused_and_yes_does_not()
    {
        _device.OnJoin = (_, _) => new JoinReport.Ended(new JoinOutcome.SponsorUnknown(_token.Sponsor));
        foreach (var flags in new[] { Array.Empty<string>(), ["--yes"], ["--json"] })
        {
            Assert.Equal(5, await Run(["pair", "join", _token.ToText(), .. flags]));
            Assert.Contains(_token.Sponsor.PublicKey.KeyId, _error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("yes\n", 0)]
    [InlineData("\n", 3)]
    [InlineData("", 3)]
    [InlineData("no\n", 3)]
    public async Task A_person_is_asked_and_only_yes_vouches(string typed, int exit)
    {
        var said = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _device.OnAttendedJoin = async _ =>
        {
            _device.SetComparisons(Compared(4, isSponsor: false, Alice));
            return new JoinReport.Ended(await said.Task ? new JoinOutcome.Paired(Certificate()) : new JoinOutcome.NotCompared(Alice));
        };
        _device.OnCompare = (number, isSame) => number == 4 && said.TrySetResult(isSame);
        _isInteractive = true;
        Assert.Equal(exit, await Run(System.Text.Encoding.ASCII.GetBytes(typed), "pair", "join", _token.ToText()));
        Assert.Equal(exit == 0, _out.Contains("Paired by alice", StringComparison.Ordinal));
        Assert.Contains(Some.Code.ToString(), _out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_seen_is_chosen_by_its_number_and_its_code_compared()
    {
        var (tablet, introduced) = (New, Introduction.Of(New, "tablet", InstanceId.None, Some.Time).Certificate);
        _device.SetPeers(Some.Peer, new PeerView(introduced.DeviceId, "tablet", IPEndPoint.Parse("192.0.2.9:4747"), PeerTrust.Unpaired, FoundBy.Mdns, TimeSpan.Zero, IsProven: false));
        DeviceId? invited = null;
        _device.OnInviteFound = device =>
        {
            invited = device;
            _device.SetComparisons(Compared(1, isSponsor: true, introduced));
            return new InviteOutcome.Invited(_token);
        };
        _device.OnCompare = (number, isSame) =>
        {
            _device.SetComparisons(Compared(number, isSponsor: true, introduced) with
            {
                State = isSame ? new ComparisonState.Paired(Certificate()) : new ComparisonState.Refused("Nobody said it."),
            });
            return true;
        };
        _isInteractive = true;
        Assert.Equal(0, await Run("1\nyes\n"u8.ToArray(), "pair", "invite"));
        Assert.Equal(introduced.DeviceId, invited);
        Assert.Contains("tablet", _out, StringComparison.Ordinal);
        Assert.DoesNotContain("2  ", _out, StringComparison.Ordinal);
        Assert.Contains("Paired tablet", _out, StringComparison.Ordinal);

        _device.SetComparisons();
        Assert.Equal(3, await Run("no\n"u8.ToArray(), "pair", "invite", "tablet"));
        Assert.Contains("Nobody said it.", _error, StringComparison.Ordinal);
        invited = null;
        Assert.Equal(3, await Run("7\n"u8.ToArray(), "pair", "invite"));
        Assert.Null(invited);
    }

    [Fact]
    public async Task A_code_is_a_code_whatever_name_somebody_on_the_network_goes_by()
    {
        var stranger = Introduction.Of(New, "stranger", InstanceId.None, Some.Time).Certificate.DeviceId;
        _device.SetPeers(new PeerView(stranger, _token.Code.ToString(), IPEndPoint.Parse("192.0.2.66:4747"), PeerTrust.Unpaired, FoundBy.Mdns, TimeSpan.Zero, IsProven: false));
        _device.OnInviteFound = _ => throw new InvalidOperationException("It is the code's device that is meant.");
        _device.OnInvite = (_, _) => new InviteOutcome.Invited(_token);
        Assert.Equal(0, await Run("pair", "invite", _token.Code.ToString(), "--json"));
    }

    [Fact]
    public async Task Who_joins_is_asked_of_the_device_that_made_the_token_and_of_no_other()
    {
        var stranger = Introduction.Of(New, "alice", InstanceId.None, Some.Time).Certificate;
        _device.SetComparisons(Compared(3, isSponsor: false, stranger));
        var said = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _device.OnAttendedJoin = async _ =>
        {
            _device.SetComparisons(Compared(3, isSponsor: false, stranger) with { State = new ComparisonState.Refused("cut") }, Compared(4, isSponsor: false, Alice));
            Assert.Equal(4, await said.Task.WaitAsync(Until.Deadline));
            return new JoinReport.Ended(new JoinOutcome.Paired(Certificate()));
        };
        _device.OnCompare = (number, isSame) => number == 4 && isSame && said.TrySetResult(number);
        _isInteractive = true;
        Assert.Equal(0, await Run("yes\n"u8.ToArray(), "pair", "join", _token.ToText()));
    }

    [Fact]
    public async Task Where_nobody_is_there_to_compare_a_device_that_is_seen_is_not_offered_anything()
    {
        var introduced = Introduction.Of(New, "tablet", InstanceId.None, Some.Time).Certificate;
        _device.SetPeers(new PeerView(introduced.DeviceId, "tablet", IPEndPoint.Parse("192.0.2.9:4747"), PeerTrust.Unpaired, FoundBy.Mdns, TimeSpan.Zero, IsProven: false));
        Assert.Equal(2, await Run("pair", "invite", "tablet", "--json"));
        Assert.Contains("persons compare a code", _error, StringComparison.Ordinal);
        Assert.Equal(2, await Run("pair", "invite"));
        Assert.Contains("Which device?", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_waits_where_it_is_seen_and_asks_the_person_of_the_offer_that_comes()
    {
        _device.Shown = _device.Shown with { Until = Some.Time.AddMinutes(10) };
        _device.SetComparisons(
            Compared(1, isSponsor: false, Alice) with { State = new ComparisonState.Refused("that was before") }, Compared(2, isSponsor: false, Alice));
        _device.OnCompare = (number, isSame) =>
        {
            _device.SetComparisons(Compared(number, isSponsor: false, Alice) with { State = isSame ? new ComparisonState.Paired(Certificate()) : new ComparisonState.Refused("No.") });
            return true;
        };
        _isInteractive = true;
        Assert.Equal(0, await Run("yes\n"u8.ToArray(), "pair", "show"));
        Assert.Contains("Paired by alice", _out, StringComparison.Ordinal);
        Assert.DoesNotContain("that was before", _out + _error, StringComparison.Ordinal);

        _device.SetComparisons(Compared(2, isSponsor: false, Alice));
        Assert.Equal(3, await Run("\n"u8.ToArray(), "pair", "show"));
        Assert.Contains("Not paired: No.", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_still_compares_is_told_when_the_other_side_has_ended_it()
    {
        _device.Shown = _device.Shown with { Until = Some.Time.AddMinutes(10) };
        _device.SetComparisons(Compared(2, isSponsor: false, Alice));
        using var cli = new Support.Cli(_home, _device) { IsInteractive = true, Keyboard = new System.IO.Pipelines.Pipe().Reader.AsStream() };
        var shown = cli.RunAsync("pair", "show");
        await Until.TrueAsync(() => cli.Error.Contains("Does the screen of alice", StringComparison.Ordinal), "the person is asked");
        _device.SetComparisons(Compared(2, isSponsor: false, Alice) with { State = new ComparisonState.Refused("Nobody at alice said it.") });
        Assert.Equal(3, await shown);
        Assert.Contains("Not paired: Nobody at alice said it.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_another_device_is_told_when_the_agent_stops()
    {
        _device.Shown = _device.Shown with { Until = Some.Time.AddMinutes(10) };
        var agent = await TestAgent.StartAsync(_home.Home, _device);
        using var cli = new Support.Cli(_home, new FakeDevice()) { IsInteractive = true };
        var shown = cli.RunAsync("pair", "show");
        await Until.TrueAsync(() => cli.Out.Contains("Waiting for a registered device", StringComparison.Ordinal), "it waits");
        await agent.DisposeAsync();
        Assert.Equal(1, await shown);
        Assert.Contains("The agent has stopped", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_nobody_goes_by_is_said_to_be_none()
    {
        Assert.Equal(2, await Run("pair", "invite", "tablet"));
        Assert.Contains("'tablet'", _error, StringComparison.Ordinal);
        Assert.Contains("shows itself", _error, StringComparison.Ordinal);
    }

    private static Comparison Compared(int number, bool isSponsor, DeviceCertificate peer) =>
        new(number, isSponsor, peer, Some.Code, IsAsked: true, Some.Time.AddMinutes(3), new ComparisonState.Open());

    [Theory]
    [InlineData("nonsense", 2, "not a pairing token")]
    [InlineData("osp1_AAAA", 2, "pairing token")]
    public async Task What_is_no_token_is_told_so(string given, int exit, string words)
    {
        Assert.Equal(exit, await Run("pair", "join", given));
        Assert.Contains(words, _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_picture_one_that_is_damaged_and_one_without_a_QR_are_told_apart()
    {
        File.WriteAllBytes(Path.Combine(_home.Root, "noise"), [0, 1, 2, 3, 250]);
        Assert.Equal(2, await Run("pair", "join", Path.Combine(_home.Root, "noise")));
        Assert.Contains("neither a pairing token", _error, StringComparison.Ordinal);

        var whole = File.ReadAllBytes(Picture(_token.ToText()));
        var cut = Path.Combine(_home.Root, "cut.png");
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);
        Assert.Equal(2, await Run("pair", "join", cut));
        Assert.Contains("damaged", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdraw_says_whom_it_refuses_now_or_why_there_is_nothing_to_take_back()
    {
        _device.SetPeers(Some.Peer);
        Assert.Equal(0, await Run("pair", "withdraw", "bob"));
        Assert.Contains("bob (b0b00000) is refused by this device from now on", _out, StringComparison.Ordinal);
        _device.Withdrawal = new WithdrawOutcome.NotSponsored();
        Assert.Equal(2, await Run("pair", "withdraw", "bob"));
        Assert.Contains("was not paired by this device", _error, StringComparison.Ordinal);
    }

    private string _out = "", _error = "";
    private bool _isInteractive;

    private Task<int> Run(params string[] args) => Run([], args);

    private async Task<int> Run(byte[] typed, params string[] args)
    {
        using var cli = new Support.Cli(_home, _device) { In = typed, IsInteractive = _isInteractive };
        var code = await cli.RunAsync(args);
        (_out, _error) = (cli.Out, cli.Error);
        return code;
    }

    private string Picture(string text)
    {
        using var qr = new OpenShare.Agent.Qr.QrCode(text);
        var path = Path.Combine(_home.Root, "picture.png");
        File.WriteAllBytes(path, qr.Png());
        return path;
    }

    private static readonly SigningKey Sponsor = SigningKey.FromSeed([.. Enumerable.Repeat((byte)7, 32)]);

    private static readonly DeviceCertificate Alice = DeviceCertificate.Issue(Sponsor, 1, 1, Sponsor.PublicKey, AccountId.Parse("home"), "alice", Some.Time, TimeSpan.FromDays(365));

    private static SigningKey New => SigningKey.FromSeed([.. Enumerable.Repeat((byte)8, 32)]);

    private static PairingToken Token() => PairingToken.Create(
        Sponsor, Alice, PairingCode.Of(New.PublicKey), ProvisionalScope.Account, PairingNonce.FromBytes(new byte[16]), [IPEndPoint.Parse("192.0.2.1:4747")], Some.Time, PairingToken.DefaultTtl);

    private static DeviceCertificate Certificate() => DeviceCertificate.Sponsored(Sponsor, Alice, 1, New.PublicKey, "tablet", ProvisionalScope.Account, Some.Time, SponsorMachine.Lifetime);

    public void Dispose() => _home.Dispose();
}
