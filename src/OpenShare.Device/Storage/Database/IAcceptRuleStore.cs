using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Storage.Database;

/// <summary>What a person decided once for all offers of a device.</summary>
public enum AcceptRule
{
    Always,
    Never,
}

/// <summary>The rules of this home, a device each.</summary>
public interface IAcceptRuleStore
{
    AcceptRule? Find(DeviceId device);

    /// <returns>in the order of the ids</returns>
    IReadOnlyList<(DeviceId Device, AcceptRule Rule)> All();

    /// <param name="rule">null: none any more</param>
    void Set(DeviceId device, AcceptRule? rule);
}
