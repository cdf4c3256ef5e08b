using Mono.Cecil;
using Mono.Cecil.Cil;

namespace OpenShare.Simulation.Bugs;

/// <summary>Makes a copy of this program with a bug in it.</summary>
internal static class Planter
{
    /// <summary>What the method that was replaced is called afterwards, for a plant that still needs it.</summary>
    internal const string Unplanted = "__unplanted";

    /// <param name="into">an empty directory; the copy is run with <c>dotnet simulation.dll</c></param>
    internal static void Plant(PlantedBug bug, string into)
    {
        Copy(AppContext.BaseDirectory, into);
        var target = Path.Combine(into, bug.Target.Assembly + ".dll");
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(into);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        var reading = new ReaderParameters { InMemory = true, AssemblyResolver = resolver };
        using var module = ModuleDefinition.ReadModule(target, reading);
        using var plants = ModuleDefinition.ReadModule(Path.Combine(into, "simulation.dll"), reading);
        Replace(Method(module, bug.Target), PlantOf(bug, plants));
        module.Write(target);
    }

    /// <summary>Why the bug cannot be planted any more, since the product's method has changed; null: it can.</summary>
    internal static string? Misfit(PlantedBug bug, string directory)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(directory, bug.Target.Assembly + ".dll"));
        using var plants = ModuleDefinition.ReadModule(Path.Combine(directory, "simulation.dll"));
        try
        {
            return Misfit(Method(module, bug.Target), PlantOf(bug, plants));
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    private static string? Misfit(MethodDefinition method, MethodDefinition plant)
    {
        var taken = (method.HasThis ? 1 : 0) + method.Parameters.Count;
        return taken != plant.Parameters.Count ? $"{method.FullName} takes {taken}, {plant.Name} {plant.Parameters.Count}"
            : (method.ReturnType.FullName == "System.Void") != (plant.ReturnType.FullName == "System.Void") ? $"{method.FullName} and {plant.Name} do not return the same"
            : null;
    }

    private static MethodDefinition PlantOf(PlantedBug bug, ModuleDefinition plants) =>
        plants.GetType(typeof(Plants).FullName).Methods.SingleOrDefault(m => m.Name == MethodName(bug))
            ?? throw new InvalidOperationException($"There is no plant {MethodName(bug)}.");

    private static string MethodName(PlantedBug bug) =>
        string.Concat(bug.Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static MethodDefinition Method(ModuleDefinition module, PlantTarget target) =>
        (module.GetType(target.Type) ?? throw new InvalidOperationException($"There is no {target.Type} any more."))
            .Methods.SingleOrDefault(m => m.Name == target.Method)
            ?? throw new InvalidOperationException($"There is no one method {target.Type}.{target.Method} any more.");

    private static void Replace(MethodDefinition method, MethodDefinition plant)
    {
        if (Misfit(method, plant) is { } misfit)
            throw new InvalidOperationException(misfit);
        var module = method.Module;
        var planted = new MethodDefinition(method.Name, method.Attributes, method.ReturnType) { ImplAttributes = method.ImplAttributes };
        foreach (var parameter in method.Parameters)
            planted.Parameters.Add(new ParameterDefinition(parameter.Name, parameter.Attributes, parameter.ParameterType));
        foreach (var overridden in method.Overrides)
            planted.Overrides.Add(overridden);
        Call(planted, module.ImportReference(plant));

        method.Overrides.Clear();
        method.Name += Unplanted;
        method.Attributes &= ~(MethodAttributes.Virtual | MethodAttributes.NewSlot | MethodAttributes.Final);
        foreach (var instruction in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody).SelectMany(m => m.Body.Instructions))
        {
            if (ReferenceEquals(instruction.Operand, method))
                instruction.Operand = planted;
        }
        method.DeclaringType.Methods.Add(planted);
    }

    private static void Call(MethodDefinition planted, MethodReference plant)
    {
        var il = planted.Body.GetILProcessor();
        if (planted.HasThis)
            il.Emit(OpCodes.Ldarg_0);
        foreach (var parameter in planted.Parameters)
            il.Emit(OpCodes.Ldarg, parameter);
        il.Emit(OpCodes.Call, plant);
        il.Emit(OpCodes.Ret);
    }

    private static void Copy(string from, string into)
    {
        Directory.CreateDirectory(into);
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(into, Path.GetRelativePath(from, directory)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(into, Path.GetRelativePath(from, file)));
    }
}
