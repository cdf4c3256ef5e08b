namespace OpenShare.Desktop.Linux.Bus;

/// <summary>What others on the bus call.</summary>
internal interface IBusObject
{
    /// <exception cref="BusException">it knows no such method</exception>
    BusBody Call(string? @interface, string member, object[] arguments);
}

/// <summary>org.freedesktop.DBus.Properties of an object whose properties only it changes.</summary>
internal static class BusProperties
{
    internal const string Interface = "org.freedesktop.DBus.Properties";

    internal static BusBody Call(IReadOnlyDictionary<string, Variant> properties, string member, object[] arguments) => member switch
    {
        "GetAll" => new BusBody("a{sv}", properties.Select(p => new object[] { p.Key, p.Value })),
        "Get" when arguments is [_, string name] && properties.TryGetValue(name, out var value) => new BusBody("v", value),
        "Get" => throw new BusException("org.freedesktop.DBus.Error.UnknownProperty", "There is no such property."),
        "Set" => throw new BusException("org.freedesktop.DBus.Error.PropertyReadOnly", "It is not to be set."),
        _ => throw new BusException(BusException.UnknownMethod, "There is no such method."),
    };
}
