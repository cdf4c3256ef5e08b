using System.Net;
using OpenShare.Device.Discovery;

namespace OpenShare.Device.Tests.Discovery;

/// <summary>When a device has moved, and when it is only away for a moment.</summary>
public sealed class OwnAddressesTests
{
    private readonly OwnAddresses _own = new();

    [Fact]
    public void One_in_anothers_place_is_news_once()
    {
        Assert.False(Look("10.0.0.1"));
        Assert.True(Look("10.0.0.2"));
        Assert.False(Look("10.0.0.2"));
    }

    [Fact]
    public void One_beside_another_is_none()
    {
        Look("10.0.0.1");

        Assert.False(Look("10.0.0.1", "10.0.0.2"));
        Assert.True(Look("10.0.0.2"));
    }

    [Fact]
    public void One_that_comes_back_was_never_gone()
    {
        Look("10.0.0.1", "2001:db8::1");

        Assert.False(Look("127.0.0.1", "::1"));
        Assert.False(Look("10.0.0.1"));
        Assert.False(Look("10.0.0.1", "2001:db8::1"));
    }

    [Fact]
    public void Where_there_was_none_for_a_while_it_is_news_when_there_is_another()
    {
        Look("10.0.0.1", "2001:db8::1");

        Assert.False(Look());
        Assert.False(Look("fe80::1"));
        Assert.True(Look("10.0.0.2"));
        Assert.True(Look("10.0.0.2", "2001:db8::2"));
    }

    [Fact]
    public void Link_local_ones_go_with_the_others()
    {
        Look("10.0.0.1", "fe80::1");

        Assert.False(Look("10.0.0.1"));
        Assert.False(Look("10.0.0.1", "fe80::2"));
    }

    private bool Look(params string[] addresses) => _own.Look(addresses.Select(IPAddress.Parse));
}
