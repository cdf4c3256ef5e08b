using OpenShare.Device.Transfers;

namespace OpenShare.Device.Tests.Transfers;

public sealed class LeftOutTests
{
    [Fact]
    public void The_first_twenty_have_a_line_each_and_the_others_are_counted_over_a_restart_too()
    {
        var leftOut = new LeftOut("");
        leftOut.Add(Enumerable.Range(0, 25).Select(i => $"f{i}: gone"));
        Assert.EndsWith("\nf19: gone\nand 5 more", leftOut.Text, StringComparison.Ordinal);

        var restarted = new LeftOut(leftOut.Text);
        Assert.Equal(leftOut.Text, restarted.Text);
        restarted.Add(["f0: gone", "g: gone"]);

        Assert.EndsWith("\nf19: gone\nand 6 more", restarted.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_called_like_the_count_is_no_count()
    {
        var leftOut = new LeftOut("and 5 more");
        leftOut.Add(["a: gone"]);

        Assert.Equal("and 5 more\na: gone", leftOut.Text);
    }

    [Fact]
    public void A_line_break_in_a_name_makes_no_second_line()
    {
        var leftOut = new LeftOut("");
        leftOut.Add(["a\nb: gone"]);

        Assert.Equal("a\uFFFDb: gone", leftOut.Text);
    }
}
