using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Tests.Storage.Database;

public sealed class AcceptRuleStoreTests : DatabaseSpecs
{
    private static readonly DeviceId One = DeviceId.Parse(new string('1', 32)), Two = DeviceId.Parse(new string('2', 32));

    [Fact]
    public void A_rule_is_kept_replaced_and_undone()
    {
        Database.AcceptRules.Set(Two, AcceptRule.Never);
        Database.AcceptRules.Set(One, AcceptRule.Never);
        Database.AcceptRules.Set(One, AcceptRule.Always);
        Assert.Equal([(One, AcceptRule.Always), (Two, AcceptRule.Never)], Reopened().AcceptRules.All());

        Database.AcceptRules.Set(Two, null);
        Database.AcceptRules.Set(Two, null);

        Assert.Equal((AcceptRule.Always, null), (Reopened().AcceptRules.Find(One), Database.AcceptRules.Find(Two)));
    }
}
