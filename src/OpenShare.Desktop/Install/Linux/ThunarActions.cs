using System.Xml;
using System.Xml.Linq;

namespace OpenShare.Desktop.Install.Linux;

/// <summary>Thunar's own actions are one file for all of them (uca.xml), which is the person's: ours is added, and taken out again.</summary>
internal static class ThunarActions
{
    private const string OurId = "openshare-send";

    /// <param name="xml">the file; null: there is none</param>
    /// <exception cref="XmlException">it is not what Thunar writes</exception>
    internal static string With(string? xml, IEnumerable<string> send)
    {
        var file = Read(xml);
        Ours(file)?.Remove();
        file.Root!.Add(new XElement("action",
            new XElement("icon", "openshare"),
            new XElement("name", FileManagerFiles.Words),
            new XElement("unique-id", OurId),
            // Thunar quotes the files itself, and knows percent signs as its own.
            new XElement("command", $"{string.Join(' ', send.Select(FileManagerFiles.Shell)).Replace("%", "%%", StringComparison.Ordinal)} -- %F"),
            new XElement("description", "To another of your devices"),
            new XElement("patterns", "*"),
            new XElement("directories"), new XElement("audio-files"), new XElement("image-files"), new XElement("other-files"), new XElement("text-files"), new XElement("video-files")));
        return Text(file);
    }

    /// <returns>null: ours is not in it</returns>
    /// <exception cref="XmlException">it is not what Thunar writes</exception>
    internal static string? Without(string xml)
    {
        var file = Read(xml);
        if (Ours(file) is not { } ours)
            return null;
        ours.Remove();
        return Text(file);
    }

    private static XDocument Read(string? xml)
    {
        var file = XDocument.Parse(xml ?? "<actions></actions>", LoadOptions.PreserveWhitespace);
        return file.Root!.Name == "actions" ? file : throw new XmlException("Its root is not <actions>.");
    }

    private static XElement? Ours(XDocument file) => file.Root!.Elements("action").FirstOrDefault(a => a.Element("unique-id")?.Value == OurId);

    private static string Text(XDocument file) =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + string.Concat(file.Nodes().Where(n => n is not XText).Select(n => n.ToString(SaveOptions.DisableFormatting) + "\n"));
}
