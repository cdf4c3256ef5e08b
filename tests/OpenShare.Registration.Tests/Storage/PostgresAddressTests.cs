using OpenShare.Registration.Hosting;
using OpenShare.Registration.Storage;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Storage;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://reg@db1/openshare", "openshare on db1:5432")]
    [InlineData("postgresql://reg@db1:5433/openshare?sslmode=verify-full&sslrootcert=/etc/ca.pem", "openshare on db1:5433")]
    [InlineData("postgres://reg@[::1]/openshare", "openshare on ::1:5432")]
    [InlineData("postgres:///openshare?host=/run/postgresql&user=reg", "openshare on /run/postgresql:5432")]
    [InlineData("Host=db1,db2;Database=openshare;Username=reg;Target Session Attributes=primary", "openshare on db1,db2:5432")]
    public void Both_forms_are_read(string text, string named) =>
        Assert.Equal(named, PostgresAddress.TryParse(text, out _)?.ToString());

    [Theory]
    [InlineData("postgres://reg:hunter2@db1/openshare", "does not belong on the command line")]
    [InlineData("postgres://db1/openshare?password=hunter2", "does not belong on the command line")]
    [InlineData("Host=db1;Database=openshare;Password=hunter2", "does not belong on the command line")]
    [InlineData("Host=db1;Database=openshare;SSL Password=hunter2", "does not belong on the command line")]
    [InlineData("postgres://db1/openshare?hunter2=1", "a parameter other than")]
    [InlineData("postgres://db1/openshare?sslmode=hunter2", "cannot be read")]
    [InlineData("postgres://db1", "no database")]
    [InlineData("Database=openshare", "no host")]
    [InlineData("Hostess=db1", "cannot be read")]
    [InlineData("hunter2", "cannot be read")]
    [InlineData("", "no host")]
    public void What_is_wrong_is_said_and_no_secret_repeated(string text, string problem)
    {
        Assert.Null(PostgresAddress.TryParse(text, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_password_comes_from_a_file_and_a_wrong_one_is_said_but_not_shown()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await database.ExecuteAsync("DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'right-horse' SUPERUSER");
        using var directory = new TempDirectory();
        var file = directory.File("password");
        var options = new RegistrationOptions(new DataDirectory(directory.File("data")))
        {
            Database = PostgresAddress.TryParse(database.ConnectionString.Replace("=postgres", "=locked", StringComparison.Ordinal), out _),
            DatabasePasswordFile = file,
        };

        await File.WriteAllTextAsync(file, "wrong-horse\n");
        var error = await Assert.ThrowsAsync<DatabaseAway>(() => RegistrationCore.StartAsync(options, TimeProvider.System, new SystemRandom(), default));
        Assert.Contains("password authentication failed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", error.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "right-horse\n");
        using var core = await RegistrationCore.StartAsync(options, TimeProvider.System, new SystemRandom(), default);
        Assert.Equal(1UL, core.Publisher.Current.List.Version);
    }
}
