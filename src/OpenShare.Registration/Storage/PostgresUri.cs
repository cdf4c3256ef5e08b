using Npgsql;

namespace OpenShare.Registration.Storage;

/// <summary>postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full, with the names that libpq gives to its parameters.</summary>
internal static class PostgresUri
{
    public static bool IsOne(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <exception cref="FormatException">it is none, or has a parameter that is not known here</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            throw new FormatException("It is no URI.");
        var parts = new NpgsqlConnectionStringBuilder();
        var user = uri.UserInfo.Split(':', 2);
        if (uri.Host.Length > 0)
            parts.Host = uri.Host.Trim('[', ']');
        if (uri.Port > 0)
            parts.Port = uri.Port;
        if (user[0].Length > 0)
            parts.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            parts.Password = user[1];
        if (uri.AbsolutePath.Length > 1)
            parts.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = parameter.Split('=', 2) is [var left, var right] ? (left, Uri.UnescapeDataString(right)) : (parameter, "");
            parts[NpgsqlNameOf(name)] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return parts;
    }

    private static string NpgsqlNameOf(string parameter) => parameter switch
    {
        "host" => "Host",
        "port" => "Port",
        "dbname" => "Database",
        "user" => "Username",
        "password" => "Password",
        "passfile" => "Passfile",
        "application_name" => "Application Name",
        "connect_timeout" => "Timeout",
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "sslpassword" => "SSL Password",
        _ => throw new FormatException("It has a parameter other than host, port, dbname, user, passfile, application_name, connect_timeout, sslmode, sslrootcert, sslcert and sslkey."),
    };
}
