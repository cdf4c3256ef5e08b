using System.Net;
using Akka.Actor;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;

namespace OpenShare.Device.Pairing;

/// <summary>Where this device shows itself on the network, and a registered one that found it offers to pair it.</summary>
internal sealed partial class PairingActor
{
    private sealed record OfferHeard(DeviceCertificate Sponsor, IPEndPoint Remote, PairingLine Line, Control? Message) : INoSerializationVerificationNeeded;

    private sealed record ShownLongEnough;

    private const int MostOffers = 4;
    private static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(10);

    private ISigner? _shownKey;
    private DateTimeOffset? _shownUntil;
    private int _offersHeard;

    private void ReceiveShowing()
    {
        Receive<PairingCommands.Show>(OnShow);
        Receive<ShownLongEnough>(_ => StopShowing());
        ReceiveAsync<OfferHeard>(OnOfferHeard);
    }

    private void OnShow(PairingCommands.Show show)
    {
        if (_identity is null && _port > 0)
        {
            (_shownKey, _shownUntil) = (show.Key, _context.Now + ShownFor);
            Timers.StartSingleTimer(nameof(ShownLongEnough), new ShownLongEnough(), ShownFor);
            var party = Introduction.Of(show.Key, _name, _context.Instance, _context.Now) with { TakesOffers = true };
            _context.Events.Publish(new PairingEvents.ShowingChanged(party));
        }
        Sender.Tell(new PairingCommands.Showing(_shownUntil));
    }

    private void StopShowing()
    {
        if (_shownUntil is null)
            return;
        (_shownKey, _shownUntil) = (null, null);
        Timers.Cancel(nameof(ShownLongEnough));
        _context.Events.Publish(new PairingEvents.ShowingChanged(null));
    }

    private void HearOffer(DeviceCertificate sponsor, IPEndPoint remote, PairingLine line)
    {
        if (_offersHeard >= MostOffers)
        {
            line.Dispose();
            return;
        }
        _offersHeard++;
        // The limit is the scheduler's: who says nothing is cut off, and hearing ends by that.
        var limit = Context.System.Scheduler.Advanced.ScheduleOnceCancelable(VisitPatience, line.Dispose);
        line.HearAsync().PipeTo(Self, success: message =>
        {
            limit.Cancel();
            return new OfferHeard(sponsor, remote, line, message);
        });
    }

    // One at a time is before the person; the others may come again.
    private async Task OnOfferHeard(OfferHeard heard)
    {
        _offersHeard--;
        if (heard.Message?.PairingOffer?.Token is not { } blob || _join is not null || _shownKey is not { } key)
        {
            heard.Line.End(Context.System.Scheduler);
            return;
        }
        try
        {
            var token = PairingToken.Read(blob);
            await BeginJoin(new PairingCommands.Join(token, key, token.Addresses, Fingerprint: null) { IsAttended = true }, asker: null, heard);
        }
        catch (ProtocolException)
        {
            heard.Line.End(Context.System.Scheduler);
        }
    }
}
