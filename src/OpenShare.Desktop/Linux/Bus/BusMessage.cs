namespace OpenShare.Desktop.Linux.Bus;

internal enum BusMessageType : byte
{
    MethodCall = 1,
    MethodReturn = 2,
    Error = 3,
    Signal = 4,
}

/// <summary>A message of D-Bus. Its body is values as <see cref="BusWriter"/> takes them and <see cref="BusReader"/> gives them.</summary>
internal sealed record BusMessage(BusMessageType Type)
{
    internal const byte NoReplyExpected = 1;

    internal byte Flags { get; init; }

    internal uint Serial { get; init; }

    internal uint? ReplySerial { get; init; }

    internal string? Path { get; init; }

    internal string? Interface { get; init; }

    internal string? Member { get; init; }

    internal string? ErrorName { get; init; }

    internal string? Destination { get; init; }

    internal string? Sender { get; init; }

    internal BusBody Body { get; init; } = BusBody.Empty;
}

/// <param name="Signature">of the values, one after the other</param>
internal sealed record BusBody(string Signature, params object[] Values)
{
    internal static readonly BusBody Empty = new("");
}

/// <summary>A value that says its own type.</summary>
internal sealed record Variant(string Signature, object Value);

/// <summary>What the other side answered, or why it did not.</summary>
internal sealed class BusException(string name, string message) : Exception($"{name}: {message}")
{
    internal const string Gone = "org.openshare.Error.Gone";
    internal const string UnknownMethod = "org.freedesktop.DBus.Error.UnknownMethod";
    internal const string InvalidArgs = "org.freedesktop.DBus.Error.InvalidArgs";

    internal string Name => name;
}
