using OpenShare.Protocol.Handshake;
using OpenShare.Protocol.Tests.Support;

namespace OpenShare.Protocol.Tests.Handshake;

public sealed class DialMachineTests
{
    private static readonly DateTimeOffset Now = Organisation.Now;
    private readonly DialMachine _dial = new(new SeededRandom(3));

    [Fact]
    public void A_link_that_was_cut_is_dialled_again_at_once_while_it_is_wanted()
    {
        Assert.True(_dial.Want());
        _dial.Linked();
        Assert.True(_dial.Unlinked());
        _dial.Linked();
        _dial.Release();
        Assert.False(_dial.Unlinked());
    }

    [Fact]
    public void After_a_goodbye_a_wanted_link_is_dialled_after_a_pause()
    {
        _dial.Want();
        _dial.Linked();
        _dial.PeerSaidGoodbye(Now);

        Assert.False(_dial.HandleTimeout(Now));
        var due = _dial.NextTimeout!.Value;
        Assert.InRange(due - Now, DialMachine.FirstPause / 10, DialMachine.FirstPause);
        Assert.True(_dial.HandleTimeout(due));
    }

    [Fact]
    public void After_a_goodbye_a_wanted_link_is_dialled_at_once_when_the_peer_is_seen()
    {
        _dial.Want();
        _dial.Linked();
        _dial.PeerSaidGoodbye(Now);
        Assert.True(_dial.Sighted());
    }

    [Fact]
    public void After_a_goodbye_nobody_dials_where_nobody_wants_a_link()
    {
        _dial.Linked();
        _dial.PeerSaidGoodbye(Now);
        Assert.Null(_dial.NextTimeout);
        Assert.False(_dial.Sighted());
    }
}
