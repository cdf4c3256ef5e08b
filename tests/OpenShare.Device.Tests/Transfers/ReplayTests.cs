using OpenShare.Device.Peers;
using OpenShare.Device.Transport;
using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Tests.Transfers;

/// <summary>Somebody who once recorded the receiver's certificate, and is at its address now, ends no transfer.</summary>
public sealed class ReplayTests : TransferSpecs
{
    // The probe on the sighting and two dials: a third refusal in a row would be believed.
    private const int Answers = 3;

    [Fact]
    public async Task An_old_certificate_at_the_receivers_address_delays_a_transfer_and_does_not_end_it()
    {
        var (ann, ben) = Devices();
        ann.Write("a.bin", Chunk);
        await ben.KillAsync();
        using var listener = Network.Host(ben.Address.Address).Listen(ben.Address);
        var answering = AnswerAsync(listener, new HandshakeParty(
            Organisation.Enroll("mallory").Key,
            Organisation.Certify(ben.Identity.Key.PublicKey, "ben", at: DateTimeOffset.UtcNow.AddDays(-400)),
            Organisation.Chain, Revoked: null, new HashSet<DeviceId>(), TimeFloor.None), ann);
        var id = await ann.SendAsync(ben, "a.bin");
        await ann.SeesAsync(id, v => v.Detail?.Contains("expired", StringComparison.Ordinal) == true);

        ben.Start();
        ann.See(ben);

        AssertCompleted(await ann.EndsAsync(id), delivered: 1);
        listener.Dispose();
        await Assert.ThrowsAsync<TransportException>(() => answering);
    }

    private static async Task AnswerAsync(ITransportListener listener, HandshakeParty replaying, TransferDevice victim)
    {
        for (var answered = 0; ; answered++)
        {
            var connection = await listener.AcceptAsync(default);
            if (answered >= Answers)
            {
                connection.Dispose();
                continue;
            }
            var opening = await HandshakeFrames.ReadAsync(connection, Limits.OpeningFrame, default);
            await new HandshakeRunner(victim.Context, replaying).AnswerAsync(connection, opening, default);
        }
    }
}
