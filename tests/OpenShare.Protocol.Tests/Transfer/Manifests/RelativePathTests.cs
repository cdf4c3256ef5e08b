using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Protocol.Tests.Transfer.Manifests;

public sealed class RelativePathTests
{
    public static TheoryData<string?, PathRefusal> Hostile => new()
    {
        { null, PathRefusal.Empty },
        { "", PathRefusal.Empty },
        { "/etc/passwd", PathRefusal.Absolute },
        { "..", PathRefusal.ParentComponent },
        { "a/../../b", PathRefusal.ParentComponent },
        { "a/..", PathRefusal.ParentComponent },
        { ".", PathRefusal.DotComponent },
        { "a/./b", PathRefusal.DotComponent },
        { "a//b", PathRefusal.EmptyComponent },
        { "a/", PathRefusal.EmptyComponent },
        { "a\0b", PathRefusal.Nul },
        { new string('x', 300), PathRefusal.ComponentTooLong },
        { new string('ä', 128), PathRefusal.ComponentTooLong },
        { string.Join('/', Enumerable.Repeat(new string('x', 200), 21)), PathRefusal.TooLong },
        { string.Join('/', Enumerable.Repeat("d", 129)), PathRefusal.TooDeep },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_name_is_refused_and_the_reason_said(string? text, PathRefusal expected)
    {
        Assert.False(RelativePath.TryParse(text, out _, out var refusal));
        Assert.Equal(expected, refusal);
        Assert.DoesNotContain("is fine", refusal.Describe(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lone_surrogate_is_refused()
    {
        Assert.False(RelativePath.TryParse("a\uD800b", out _, out var refusal));
        Assert.Equal(PathRefusal.NotUnicode, refusal);
    }

    [Theory]
    [InlineData("report.pdf")]
    [InlineData("aux.c")]
    [InlineData("a\\b")]
    [InlineData("C:x")]
    [InlineData("..hidden/...")]
    [InlineData("Grüße/日本語/😀.txt")]
    [InlineData("line\nbreak")]
    public void A_name_some_file_system_can_hold_is_taken(string text) =>
        Assert.Equal(text, RelativePath.Parse(text).Value);

    [Fact]
    public void Its_parts_are_at_hand()
    {
        var path = RelativePath.Parse("a/b/c.txt");
        Assert.Equal(("c.txt", "a/b", "a", 2), (path.Name, path.Parent.ToString(), path.Top, path.Depth));
        var top = RelativePath.Parse("c.txt");
        Assert.Equal(("c.txt", "", "c.txt", 0), (top.Name, top.Parent.ToString(), top.Top, top.Depth));
    }

    [Theory]
    [InlineData("photos/link", "long.raw")]
    [InlineData("photos/link", "./a/b")]
    [InlineData("photos/link", ".")]
    [InlineData("photos/a/b/link", "../../c")]
    [InlineData("photos/a/link", "..")]
    public void A_link_inside_its_folder_is_taken(string link, string target) =>
        Assert.Equal(target, LinkTarget.Parse(target, RelativePath.Parse(link)).Value);

    [Theory]
    [InlineData("photos/link", "/etc/passwd")]
    [InlineData("photos/link", "..")]
    [InlineData("photos/link", "../photos/x")]
    [InlineData("photos/link", "../other")]
    [InlineData("photos/a/link", "../../x")]
    [InlineData("photos/a/link", "./../../x")]
    [InlineData("photos/a/b/link", "deep/..")]
    [InlineData("photos/a/b/link", "../x/../y")]
    [InlineData("photos/link", "")]
    [InlineData("photos/link", "a\0b")]
    [InlineData("link", "neighbour")]
    public void A_link_out_of_its_folder_is_refused(string link, string target) =>
        Assert.False(LinkTarget.TryParse(target, RelativePath.Parse(link), out _));
}
