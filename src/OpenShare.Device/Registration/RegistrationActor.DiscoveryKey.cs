using OpenShare.Device.Peers;
using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration;

/// <summary>The account's discovery key: carries out what the <see cref="DiscoveryKeyMachine"/> decides, and has it and the peers' offers judged.</summary>
internal sealed partial class RegistrationActor
{
    private sealed record KeyTick;

    private readonly LatestCall _keyCall = new();
    private DiscoveryKeyMachine _keyMachine = null!;

    private void ReceiveDiscoveryKeys()
    {
        ReceiveAsync<PeerEvents.DiscoveryKeyOffered>(m => m.DealtWith(() => Offer(m.Key)));
        ReceiveAsync<DiscoveryKeyInput>(input => CarryOut(_keyMachine.Handle(input, _context.Now)));
        ReceiveAsync<KeyTick>(_ =>
        {
            // The service does not know a device that was only paired: its peers hand the key on to it.
            _keyMachine.Hold(_machine.Held is { Issued.Certificate.IsProvisional: false } held ? held : null, _machine.Floor);
            return CarryOut(_keyMachine.HandleTimeout(_context.Now));
        });
    }

    private Task Offer(DiscoveryKey key) => CarryOut(_machine.Handle(new RegistrationInput.DiscoveryKeyOffered(key), _context.Now));

    private async Task CarryOut(IReadOnlyList<DiscoveryKeyEffect> effects)
    {
        foreach (var effect in effects)
            await CarryOut(effect);
        Await(nameof(KeyTick), new KeyTick(), _keyMachine.NextTimeout);
    }

    private async Task CarryOut(DiscoveryKeyEffect effect)
    {
        switch (effect)
        {
            case DiscoveryKeyEffect.FetchTrustRoot fetch:
                Ask(fetch.Call, c => _service.GetTrustRoot(fetch.Contact, c), shown => new DiscoveryKeyInput.TrustRootShown(fetch.Call, shown));
                break;
            case DiscoveryKeyEffect.AskChallenge ask:
                Ask(ask.Call, c => _service.GetChallenge(ask.Contact, c), challenge => new DiscoveryKeyInput.Challenged(ask.Call, challenge));
                break;
            case DiscoveryKeyEffect.Ask ask:
                Ask(ask.Call, c => _service.GetDiscoveryKey(ask.Contact, ask.Request, c), key => new DiscoveryKeyInput.Answered(ask.Call, key));
                break;
            case DiscoveryKeyEffect.OfferTrustRoot offer:
                await CarryOut(_machine.Handle(new RegistrationInput.TrustRootOffered(offer.Links), _context.Now));
                break;
            case DiscoveryKeyEffect.Offer offer:
                await Offer(offer.Key);
                break;
            default:
                throw new InvalidOperationException($"No such effect: {effect.GetType()}");
        }
    }

    private void Ask<T>(int call, Func<CancellationToken, Task<ServiceAnswer<T>>> ask, Func<T, DiscoveryKeyInput> toInput) =>
        _keyCall.Make(Self, ask, toInput, failure => new DiscoveryKeyInput.CallFailed(call, failure));
}
