using System.Xml.Linq;

namespace OpenShare.Desktop.Install.MacOs;

/// <summary>What launchd is told (launchd.plist(5)).</summary>
internal static class LaunchAgent
{
    internal const string Label = "org.openshare.desktop";

    /// <summary>Started at login, and again where it failed.</summary>
    internal static string Of(IEnumerable<string> command)
    {
        var plist = new XDocument(
            new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
            new XElement("plist", new XAttribute("version", "1.0"), new XElement("dict",
                new XElement("key", "Label"), new XElement("string", Label),
                new XElement("key", "ProgramArguments"), new XElement("array", command.Select(word => new XElement("string", word))),
                new XElement("key", "RunAtLoad"), new XElement("true"),
                new XElement("key", "KeepAlive"), new XElement("dict", new XElement("key", "SuccessfulExit"), new XElement("false")))));
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{plist}\n";
    }
}
