using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OpenShare.Protocol.Tests.Support;

/// <summary>Finds in a compiled assembly what src/OpenShare.Protocol/BannedSymbols.txt forbids: the analyzer's list, held against the result.</summary>
internal static class BannedSymbols
{
    // Every method with a yield asks for this; nobody wrote it.
    private const string ByTheCompiler = "System.Environment.get_CurrentManagedThreadId";

    /// <summary>The list's symbols: "T:System.Random", "P:System.DateTimeOffset.Now", …</summary>
    internal static List<string> All { get; } = [.. File
        .ReadLines(Path.Combine(Repository.Root, "src", "OpenShare.Protocol", "BannedSymbols.txt"))
        .Where(line => line.Length > 0).Select(line => line.Split(';')[0])];

    /// <returns>each banned symbol that the assembly refers to, with the reference that shows it</returns>
    internal static List<(string Symbol, string Reference)> In(string assemblyPath)
    {
        using var stream = File.OpenRead(assemblyPath);
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        var members = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{FullName(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}").ToList();
        var types = metadata.TypeReferences.Select(handle => FullName(metadata, handle))
            .Where(type => !members.Contains(ByTheCompiler) || !ByTheCompiler.StartsWith(type + ".", StringComparison.Ordinal)
                || members.Any(member => member != ByTheCompiler && member.StartsWith(type + ".", StringComparison.Ordinal)));
        return [
            .. from type in types from symbol in All where BansType(symbol, type) select (symbol, type),
            .. from member in members from symbol in All where BansMember(symbol, member) select (symbol, member)];
    }

    private static bool BansType(string symbol, string type) => symbol[..2] switch
    {
        "T:" => type == symbol[2..] || type.StartsWith(symbol[2..] + "+", StringComparison.Ordinal),
        "N:" => type.StartsWith(symbol[2..] + ".", StringComparison.Ordinal),
        _ => false,
    };

    // Any overload of a banned method counts.
    private static bool BansMember(string symbol, string member)
    {
        var name = symbol[2..].Split('(')[0];
        var dot = name.LastIndexOf('.');
        return symbol[..2] switch
        {
            "M:" => member == name,
            "P:" => member == $"{name[..dot]}.get_{name[(dot + 1)..]}" || member == $"{name[..dot]}.set_{name[(dot + 1)..]}",
            _ => false,
        };
    }

    private static string FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{FullName(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{name}"
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
