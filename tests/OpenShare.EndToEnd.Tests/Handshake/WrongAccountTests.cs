using OpenShare.Device.Peers;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Handshake;

[Collection(Processes.Name)]
public sealed class WrongAccountTests(SharedServer shared)
{
    [Fact]
    public async Task A_device_of_another_account_is_not_shown_and_refused_at_its_address()
    {
        using var pair = await Pair.OpenAsync(shared.Server, bobAccount: $"other-{Guid.NewGuid():N}"[..20]);
        var letter = pair.File("letter", 100);

        (await pair.Alice.RunAsync("send", letter, "--to", pair.Bob.Id)).EndedWith(4).Said("to be seen");
        (await pair.Alice.RunAsync("send", letter, "--to", $"127.0.0.1:{pair.Bob.Port}")).EndedWith(5).Said("account");

        // The search above took longer than devices of one account take to find each other.
        Assert.Null(await pair.Alice.PeerAsync(pair.Bob));
        Assert.Null(await pair.Bob.PeerAsync(pair.Alice));
        Assert.False(Path.Exists(pair.Bob.SaveTo));

        // Nor does it help to write the other account into one's certificate.
        await pair.Bob.Agent.TerminateAsync();
        var pretender = HostilePeer.Take(pair.Bob, c => Tampering.MoveTo(c, pair.Account));
        var outcome = Assert.IsType<HandshakeOutcome.Failed>(await pretender.DialAsync(pair.Alice));
        Assert.Equal(RefusalCode.BadCertificate, Assert.IsType<HandshakeFailure.RefusedByPeer>(outcome.Failure).Code);
    }
}
