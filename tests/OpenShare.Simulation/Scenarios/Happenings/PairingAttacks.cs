using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>
/// Others make what they can of the invitations that are shown: they ask at the same moment, and again later, also after the
/// sponsor was started anew and once the invitation has expired; with the key it is for, or with one that was invited too.
/// And provisional devices are told to pair others.
/// </summary>
internal sealed record PairingAttacks : Happening
{
    private const int MostAtOnce = 3;

    internal override void Begin(World world, Random random)
    {
        var seen = 0;
        Repeat(world, random, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), () =>
        {
            for (; seen < world.Invitations.Count; seen++)
                Follow(world, random, world.Invitations[seen]);
        });
        Repeat(world, random, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2), () => PairAtSecondHand(world, random));
    }

    private static void Follow(World world, Random random, Invitation invitation)
    {
        if (world.Newcomers.FirstOrDefault(n => Protocol.Pairing.PairingCode.Of(n.Keys.Load()!.PublicKey) == invitation.Token.Code) is not { } meant)
            return;
        // Beside it, some after it, and some too late.
        foreach (var most in new[] { TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(9) }.Where(_ => random.Next(3) == 0))
        {
            var at = Between(random, TimeSpan.Zero, most);
            for (var i = random.Next(1, MostAtOnce + 1); i > 0; i--)
                world.After(at + Between(random, TimeSpan.Zero, TimeSpan.FromMilliseconds(50)), () => Ask(world, meant, invitation));
        }
        var other = Pick(random, world.Newcomers);
        if (other != meant && random.Next(2) == 0)
            world.After(Between(random, TimeSpan.Zero, TimeSpan.FromMinutes(4)), () => Ask(world, other, invitation));
    }

    private static void Ask(World world, SimulatedDevice keyOf, Invitation invitation)
    {
        if (!world.IsHealing)
            world.AskByHand(keyOf, invitation);
    }

    private static void PairAtSecondHand(World world, Random random)
    {
        var provisional = world.Newcomers.Where(n => n.IsRunning && world.IsInGoodStanding(n)).ToList();
        if (provisional.Count == 0)
            return;
        var by = Pick(random, provisional);
        var others = world.Devices.Where(d => d != by && d.IsRunning).ToList();
        world.Invite(by, Pick(random, world.Newcomers), ProvisionalScope.Account, _ => { });
        world.DialAtSecondHand(by, Pick(random, others));
    }
}
