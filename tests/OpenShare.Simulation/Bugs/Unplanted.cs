using System.Reflection;

namespace OpenShare.Simulation.Bugs;

/// <summary>What a plant needs of the object it is planted in: its private fields, and the method it took the place of.</summary>
internal static class Unplanted
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The method as it was before.</summary>
    internal static object? Call(object self, string method, params object?[] arguments) =>
        Method(self.GetType(), method + Planter.Unplanted).Invoke(self, Any, binder: null, arguments, culture: null);

    internal static object? Call(Type type, string method, params object?[] arguments) =>
        Method(type, method + Planter.Unplanted).Invoke(null, Any, binder: null, arguments, culture: null);

    /// <summary>Another method of the object, private or not.</summary>
    internal static object? CallOther(object self, string method, params object?[] arguments) =>
        Method(self.GetType(), method).Invoke(self, Any, binder: null, arguments, culture: null);

    internal static T Field<T>(object self, string name)
    {
        for (var type = self.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetField(name, Any) is { } field)
                return (T)field.GetValue(self)!;
        }
        throw new MissingFieldException(self.GetType().FullName, name);
    }

    internal static T Property<T>(object self, string name) => (T)CallOther(self, $"get_{name}")!;

    private static MethodInfo Method(Type type, string name)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.GetMethods(Any | BindingFlags.DeclaredOnly).FirstOrDefault(m => m.Name == name) is { } method)
                return method;
        }
        throw new MissingMethodException(type.FullName, name);
    }
}
