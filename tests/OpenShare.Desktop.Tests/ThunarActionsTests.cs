using System.Xml;
using OpenShare.Desktop.Install.Linux;

namespace OpenShare.Desktop.Tests;

/// <summary>The person's own actions of Thunar, in whose file ours is one.</summary>
public sealed class ThunarActionsTests
{
    private const string Own =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <actions>
        <action>
        	<icon>utilities-terminal</icon>
        	<name>Open Terminal &amp; more</name>
        	<unique-id>1700000000000000-1</unique-id>
        	<command>exo-open --working-directory %f</command>
        	<patterns>*</patterns>
        	<directories/>
        </action>
        </actions>

        """;

    [Fact]
    public void Ours_comes_to_the_persons_own_once_and_leaves_the_file_as_it_was()
    {
        var with = ThunarActions.With(ThunarActions.With(Own, ["/bin/old"]), ["/opt/it's 100%/openshare-desktop", "send"]);

        Assert.Single(with.Split("openshare-send").Skip(1));
        Assert.Contains("Open Terminal &amp; more", with, StringComparison.Ordinal);
        Assert.Contains("<command>'/opt/it'\\''s 100%%/openshare-desktop' 'send' -- %F</command>", with, StringComparison.Ordinal);
        Assert.Equal(Own.Replace(" />", "/>", StringComparison.Ordinal), ThunarActions.Without(with)!.Replace(" />", "/>", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_Thunars_is_not_changed()
    {
        Assert.Throws<XmlException>(() => ThunarActions.With("<actions>", []));
        Assert.Throws<XmlException>(() => ThunarActions.With("<html/>", []));
        Assert.Null(ThunarActions.Without(Own));
    }
}
