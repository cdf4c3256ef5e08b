using System.Net;
using OpenShare.Device.Peers;

namespace OpenShare.Device.Tests.Peers;

public sealed class AddressOrderTests
{
    [Fact]
    public void Addresses_are_dialled_in_the_order_in_which_a_place_has_them_and_of_equals_the_first_comes_first()
    {
        string[] best = ["127.0.0.1:1", "[::1]:1", "192.0.2.9:1", "192.0.2.1:1", "[2001:db8::1]:1", "[fe80::1]:1"];

        Assert.Equal(best, AddressOrder.BestFirst([.. best.Reverse().OrderBy(a => a == "192.0.2.1:1").Select(IPEndPoint.Parse)]).Select(a => a.ToString()));
    }
}
