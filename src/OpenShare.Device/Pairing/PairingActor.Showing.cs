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
        if (heard.Message?.PairingOffer?.Token is not { } blob)
            heard.Line.End(Context.System.Scheduler);
        else if (_shownKey is not { } key)
            Refuse(heard, PairingRefusalCode.OutOfTurn, $"{_name} does not show itself any more. On it: openshare pair show");
        else if (_join is not null)
            Refuse(heard, PairingRefusalCode.OutOfTurn, $"{_name} is being paired just now, by another invitation. If that is none of yours, say no there, and show it again: openshare pair show");
        else if (Read(blob, heard) is { } token)
            await BeginJoin(new PairingCommands.Join(token, key, token.Addresses, Fingerprint: null) { IsAttended = true }, asker: null, heard);
    }

    // One comparison for each time that a person has this device shown: whoever could offer again and again would do so until the code is the one
    // that another screen shows.
    private void EndOffer(Joining join, JoinOutcome outcome)
    {
        if (join.Comparison is not null)
            StopShowing();
        else if (outcome is JoinOutcome.Refused { ByPeer: false, Refusal: var refusal })
            _context.Events.Publish(new PairingEvents.OfferRefused(join.Order.Token.Sponsor.DeviceId, join.Order.Token.Sponsor.Name, refusal));
    }

    private static PairingToken? Read(Signed blob, OfferHeard heard)
    {
        try
        {
            return PairingToken.Read(blob);
        }
        catch (ProtocolException error)
        {
            Refuse(heard, PairingRefusalCode.Unreadable, error.Message);
            return null;
        }
    }

    private static void Refuse(OfferHeard heard, PairingRefusalCode code, string detail)
    {
        heard.Line.Send(new PairingRefusal(code, detail).ToSponsor());
        heard.Line.End(Context.System.Scheduler);
    }
}
