namespace OpenShare.Desktop.Linux.Bus;

/// <summary>The grammar of signatures, and how each type is aligned.</summary>
internal static class BusSignature
{
    private const int Deepest = 32;

    /// <summary>Where the complete type that begins at <paramref name="at"/> ends.</summary>
    /// <exception cref="FormatException">it is none</exception>
    internal static int End(string signature, int at, int depth = 0)
    {
        if (at >= signature.Length || depth > Deepest)
            throw new FormatException($"'{signature}' is no signature.");
        switch (signature[at])
        {
            case 'a':
                return End(signature, at + 1, depth + 1);
            case '(' or '{':
                var close = signature[at] == '(' ? ')' : '}';
                // One without a member takes no room: there would be no end to an array of them.
                if (at + 1 < signature.Length && signature[at + 1] == close)
                    throw new FormatException($"'{signature}' is no signature.");
                for (at++; at < signature.Length && signature[at] != close;)
                    at = End(signature, at, depth + 1);
                return at < signature.Length ? at + 1 : throw new FormatException($"'{signature}' is no signature.");
            default:
                _ = Alignment(signature[at]);
                return at + 1;
        }
    }

    /// <summary>The complete types of which it consists.</summary>
    internal static IEnumerable<string> Parts(string signature)
    {
        for (var at = 0; at < signature.Length;)
        {
            var end = End(signature, at);
            yield return signature[at..end];
            at = end;
        }
    }

    internal static int Alignment(char type) => type switch
    {
        'y' or 'g' or 'v' => 1,
        'n' or 'q' => 2,
        'b' or 'i' or 'u' or 's' or 'o' or 'a' or 'h' => 4,
        'x' or 't' or 'd' or '(' or '{' => 8,
        _ => throw new FormatException($"D-Bus has no type '{type}'."),
    };
}
