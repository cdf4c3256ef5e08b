using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Discovery.Mdns;

namespace OpenShare.Device.Discovery.Udp;

/// <summary>
/// Which interfaces are used where there are more than discovery takes: a host of containers has dozens, with higher and lower
/// numbers than the one that leads to other hosts.
/// </summary>
internal static class InterfaceChoice
{
    private const int Named = 3;

    internal static (List<SystemInterface> Used, InterfaceFailure? LeftOut) Of(IEnumerable<SystemInterface> present)
    {
        var ranked = present.OrderBy(Rank).ThenBy(i => i.Network.Index).ToList();
        var leftOut = ranked.Skip(MdnsMachine.Interfaces).Select(i => i.Network.Name).ToList();
        return ([.. ranked.Take(MdnsMachine.Interfaces).OrderBy(i => i.Network.Index)], leftOut.Count == 0 ? null : Failure(leftOut));
    }

    private static int Rank(SystemInterface each) =>
        each.Network.IsLoopback ? 0
        : each.HasGateway ? 1
        : InterfaceNames.KindOf(each.Network.Name) == InterfaceKind.Virtual ? 3
        : 2;

    // One for all: they are told to a person, and come and go with each container.
    private static InterfaceFailure Failure(List<string> leftOut)
    {
        var more = leftOut.Count > Named ? $" and {leftOut.Count - Named} more" : "";
        return new InterfaceFailure(
            string.Join(", ", leftOut.Take(Named)) + more, $"There are more than {MdnsMachine.Interfaces} interfaces. Those to be used can be named with --interface.");
    }
}
