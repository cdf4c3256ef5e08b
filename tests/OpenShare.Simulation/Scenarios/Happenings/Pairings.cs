using OpenShare.Protocol.Pairing;
using OpenShare.Protocol.Wire;
using OpenShare.Simulation.Devices;
using OpenShare.Simulation.Disk;

namespace OpenShare.Simulation.Scenarios.Happenings;

/// <summary>
/// Registered devices pair new ones, which the service is out of reach of, and take back what they gave. A person carries
/// each invitation, for seconds or for longer than it is good; either side dies or is cut off in the middle of it.
/// </summary>
/// <param name="Count">new devices</param>
internal sealed record Pairings(int Count) : Happening
{
    private const int LargestFile = 64 * 1024;

    // An exchange takes about so long.
    private static readonly TimeSpan Exchange = TimeSpan.FromMilliseconds(300);

    // A device that pairs another holds their connection for as long as a person may compare, also where the other died meanwhile.
    internal override TimeSpan Lasts => JoinMachine.PersonDeadline;

    internal override void Begin(World world, Random random)
    {
        for (var i = 1; i <= Count; i++)
            world.AddNewcomer($"n{i}");
        Repeat(world, random, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(40), () => Invite(world, random));
        Repeat(world, random, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(4), () => Withdraw(world, random));
        world.After(Between(random, world.Scenario.Duration * 0.3, world.Scenario.Duration * 0.8), () => RevokeSponsor(world, random));
    }

    // Whoever is not paired by then is invited once more, by a clock that is right.
    internal override void Heal(World world)
    {
        foreach (var device in world.Devices)
            device.Clock.Skew = TimeSpan.Zero;
        world.After(TimeSpan.FromSeconds(30), () =>
        {
            var sponsors = Sponsors(world);
            for (var i = 0; i < world.Newcomers.Count; i++)
            {
                var (by, newcomer) = (sponsors[i % sponsors.Count], world.Newcomers[i]);
                if (world.IsInGoodStanding(newcomer))
                    Send(world, new Random(i), newcomer);
                else
                    world.Invite(by, newcomer, ProvisionalScope.Account, fresh =>
                        world.After(TimeSpan.FromSeconds(5), () => world.Join(newcomer, fresh, _ => Send(world, new Random(i), newcomer))));
            }
        });
    }

    private static void Invite(World world, Random random)
    {
        var newcomer = Pick(random, world.Newcomers);
        if (Pick(random, Sponsors(world)) is not { IsRunning: true } by)
            return;
        var scope = random.Next(5) == 0 ? ProvisionalScope.Sponsor : ProvisionalScope.Account;
        var carried = random.Next(4) == 0 ? Between(random, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8)) : Between(random, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(40));
        world.Invite(by, newcomer, scope, invitation => world.After(carried, () => Join(world, random, newcomer, invitation)));
    }

    private static void Join(World world, Random random, SimulatedDevice newcomer, Invitation invitation)
    {
        if (world.IsHealing || !newcomer.IsRunning)
            return;
        if (random.Next(3) == 0)
            Disturb(world, random, random.Next(2) == 0 ? newcomer : invitation.By);
        if (invitation.Token.Scope == ProvisionalScope.Sponsor)
            world.Spoil(newcomer);
        world.Join(newcomer, invitation, _ => Send(world, random, newcomer));
    }

    private static void Disturb(World world, Random random, SimulatedDevice device) => world.After(Between(random, TimeSpan.Zero, Exchange), () =>
    {
        if (world.IsHealing || !device.IsRunning)
            return;
        var what = random.Next(3);
        if (what == 0)
        {
            world.Fault($"{device.Name}'s link goes down while it is paired, or pairs");
            device.Host.LinkDown();
            world.After(Between(random, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)), device.Host.LinkUp);
            return;
        }
        world.Fault($"{device.Name} {(what == 1 ? "is killed" : "loses power")} while it is paired, or pairs");
        if (what == 1)
            device.Kill();
        else
            device.PowerLoss();
        world.After(Between(random, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(20)), () =>
        {
            if (!device.IsRunning)
                device.Start();
        });
    });

    private static void Withdraw(World world, Random random)
    {
        var given = world.Invitations.Where(i => i.Given.Count > 0 && i.By.IsRunning).ToList();
        if (given.Count == 0 || Pick(random, given) is not { } invitation || world.DeviceOf(invitation.Given[0].DeviceId) is not { } newcomer)
            return;
        world.Fault($"{invitation.By.Name} takes {newcomer.Name} back");
        world.Withdraw(invitation.By, newcomer);
    }

    private static void RevokeSponsor(World world, Random random)
    {
        if (world.IsHealing || Sponsors(world) is not { Count: > 1 } sponsors)
            return;
        var sponsor = Pick(random, sponsors);
        world.Revoke(sponsor);
        foreach (var newcomer in world.Newcomers.Where(n => !world.IsInGoodStanding(n)))
            world.Spoil(newcomer);
    }

    private static List<SimulatedDevice> Sponsors(World world) =>
        [.. world.Devices.Where(d => !world.Newcomers.Contains(d) && !world.Revoked.Contains(d))];

    // What it was paired for: to speak with others, and they with it.
    private static void Send(World world, Random random, SimulatedDevice newcomer)
    {
        if (!world.IsInGoodStanding(newcomer) || newcomer.Identity!.Certificate is not { Sponsor: { } sponsor } own)
            return;
        var others = Sponsors(world).Where(d => own.Scope == ProvisionalScope.Account || d.Id == sponsor.DeviceId).ToList();
        var other = Pick(random, others);
        var (from, to) = random.Next(2) == 0 ? (newcomer, other) : (other, newcomer);
        var path = $"/home/{from.Name}/sent-{world.Deliveries.Count}";
        from.Disk.WriteTree(path, random.Next(), random.Next(1, 4), LargestFile);
        world.Send(from, to, path);
    }
}
