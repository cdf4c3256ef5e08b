using System.CommandLine;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Commands;

/// <summary>Which database: SQLite in the data directory, or the PostgreSQL database that several instances share.</summary>
internal sealed class DatabaseOptions
{
    private readonly Option<PostgresAddress?> _database = new("--database")
    {
        Description = "A PostgreSQL database instead of SQLite in the data directory: postgres://USER@HOST/DATABASE, or 'Host=…;Database=…;Username=…'",
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            var address = PostgresAddress.TryParse(result.Tokens[0].Value, out var problem);
            if (address is null)
                result.AddError(problem);
            return address;
        },
    };

    private readonly Option<string?> _passwordFile = new("--database-password-file") { Description = "A file that holds the database's password", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_database);
        command.Add(_passwordFile);
    }

    public RegistrationOptions Read(ParseResult parsed, RegistrationOptions options) =>
        options with { Database = parsed.GetValue(_database), DatabasePasswordFile = parsed.GetValue(_passwordFile) };
}
