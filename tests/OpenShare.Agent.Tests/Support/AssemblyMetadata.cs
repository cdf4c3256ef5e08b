using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OpenShare.Agent.Tests.Support;

/// <summary>What an assembly's metadata says it uses, whether or not that code ever runs.</summary>
internal static class AssemblyMetadata
{
    /// <summary>Full names of the types of other assemblies.</summary>
    internal static IReadOnlyList<string> TypesUsedBy(Assembly assembly)
    {
        using var file = File.OpenRead(assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return
        [
            .. metadata.TypeReferences.Select(metadata.GetTypeReference)
                .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"),
        ];
    }
}
