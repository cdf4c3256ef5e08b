using OpenShare.Device.Peers;
using OpenShare.EndToEnd.Tests.Harness;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Wire;

namespace OpenShare.EndToEnd.Tests.Revocation;

[Collection(Processes.Name)]
public sealed class RevokedDeviceTests(SharedServer shared)
{
    [Fact]
    public async Task A_sender_revoked_under_way_is_cut_off_and_refused_from_then_on()
    {
        using var pair = await Pair.OpenAsync(shared.Server);
        using var send = await SendSlowlyAsync(pair);

        await shared.Server.RevokeAsync(pair.Alice.Id);

        (await send.EndAsync(Patience.Short)).EndedWith(5).Said("revoked");
        await pair.Bob.CallsAsync(pair.Alice, "revoked");
        await Transfers.AssertNothingStagedAsync(pair.Bob);
        Assert.False(Path.Exists(pair.Bob.Received("slow")));
        (await pair.Alice.RunAsync("send", pair.File("again", 10), "--to", pair.Bob.Id)).EndedWith(5).Said("revoked");

        // A program that does not care that it is revoked is refused by the other side.
        await pair.Alice.Agent.TerminateAsync();
        var outcome = await HostilePeer.Take(pair.Alice).DialAsync(pair.Bob);
        var refused = Assert.IsType<HandshakeFailure.RefusedByPeer>(Assert.IsType<HandshakeOutcome.Failed>(outcome).Failure);
        Assert.Equal(RefusalCode.Revoked, refused.Code);
        Assert.Empty(Directory.GetFileSystemEntries(pair.Bob.SaveTo));
    }

    [Fact]
    public async Task A_receiver_revoked_under_way_gets_no_more_and_the_send_ends()
    {
        using var pair = await Pair.OpenAsync(shared.Server);
        using var send = await SendSlowlyAsync(pair);

        await shared.Server.RevokeAsync(pair.Bob.Id);

        (await send.EndAsync(Patience.Short)).EndedWith(5).Said("revoked");
        await pair.Alice.CallsAsync(pair.Bob, "revoked");
        Assert.False(Path.Exists(pair.Bob.Received("slow")));
        (await pair.Alice.RunAsync("send", pair.File("again", 10), "--to", pair.Bob.Id)).EndedWith(5).Said("revoked");
    }

    // At this rate it would take a minute longer than is waited for its end.
    private static async Task<RunningProcess> SendSlowlyAsync(Pair pair)
    {
        pair.Relay.Tell($"rate {Samples.MiB / 2}");
        var send = pair.Alice.StartSend(pair.Bob, pair.File("slow", 40 * Samples.MiB));
        await Transfers.AssertIncompleteAsync(pair.Bob, "slow", 40 * Samples.MiB);
        return send;
    }
}
