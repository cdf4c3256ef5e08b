using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Revocation;
using OpenShare.Protocol.Wire;

namespace OpenShare.Fuzz;

/// <summary>The coded numbers of a revocation list: any bytes are a set or refused, and each number that a set has it is asked for in vain never.</summary>
internal static class DeviceNumbersTarget
{
    internal static void Run(byte[] bytes)
    {
        DeviceNumberSet set;
        try
        {
            set = DeviceNumberSet.Read(Messages.Parse(DeviceNumbers.Parser, bytes, "set of device numbers"));
        }
        catch (ProtocolException)
        {
            return;
        }
        var numbers = set.ToArray();
        if (!numbers.All(set.Contains) || numbers.Any(n => set.Contains(n + 1) != (Array.BinarySearch(numbers, n + 1) >= 0)))
            throw new InvalidOperationException("A set does not know what is in it.");
        if (!DeviceNumberSet.Of(numbers).ToArray().SequenceEqual(numbers))
            throw new InvalidOperationException("What was written is not read as it was.");
    }
}
