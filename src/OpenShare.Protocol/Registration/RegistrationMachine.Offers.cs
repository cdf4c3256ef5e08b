using OpenShare.Protocol.Discovery;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Registration;

/// <summary>What comes from elsewhere than the service: newer trust roots, a newer discovery key, a provisional certificate.</summary>
public sealed partial class RegistrationMachine
{
    private RegistrationEffect[] HandleOffer(IReadOnlyList<TrustRootLink> links)
    {
        if (Held is null)
            return [];
        try
        {
            return Follow(links);
        }
        catch (ProtocolException error)
        {
            return [new RegistrationEffect.Warn($"Newer keys of the organisation were refused. {error.Message}")];
        }
    }

    /// <exception cref="ProtocolException">they do not follow: nothing has changed</exception>
    private RegistrationEffect[] Follow(IReadOnlyList<TrustRootLink> links)
    {
        var trust = Held!.Issued.Trust.Follow(links);
        if (trust == Held.Issued.Trust)
            return [];
        Held = Held with { Issued = Held.Issued with { Trust = trust } };
        _isWithdrawn = Held.Issued.IsWithdrawn;
        return [new RegistrationEffect.StoreTrust(trust), .. Raise(Floor.Raise(trust.Newest.IssuedAt)), new RegistrationEffect.Announce(Held)];
    }

    private RegistrationEffect[] HandleOffer(DiscoveryKey key)
    {
        if (Held is not { Issued: var issued })
            return [];
        try
        {
            var keys = issued.DiscoveryKeys.Follow(key.VerifiedBy(issued.Trust.Newest, issued.Certificate.Account), issued.Trust.Newest);
            if (keys == issued.DiscoveryKeys)
                return [];
            Held = Held with { Issued = issued with { DiscoveryKeys = keys } };
            return [new RegistrationEffect.StoreDiscoveryKeys(keys), new RegistrationEffect.Announce(Held)];
        }
        catch (ProtocolException error)
        {
            return [new RegistrationEffect.Warn($"A discovery key was refused. {error.Message}")];
        }
    }

    // A registration that is good is worth more; one that is underway is replaced, as by another order.
    private RegistrationEffect[] HandlePaired(HeldRegistration paired, DateTimeOffset now)
    {
        if (IsRegisteredAt(now))
            return [];
        _goal = null;
        Rest(Step.Idle);
        return Store(paired);
    }

    // Whoever paired this device is told that it came to nothing.
    private RegistrationEffect[] Forget()
    {
        Rest(Step.Idle);
        if (Held is { } held)
            Hold(held);
        return [];
    }
}
