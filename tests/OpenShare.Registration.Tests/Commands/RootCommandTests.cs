using System.Diagnostics;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Commands;
using OpenShare.Registration.Tests.Support;

namespace OpenShare.Registration.Tests.Commands;

/// <summary>The commands of an offline root key as a person types them: there, and at the service.</summary>
public sealed class RootCommandTests : IAsyncLifetime
{
    private TempDirectory _offline = null!;
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        (_offline, _service) = (new TempDirectory(), await TestService.StartAsync());
        await File.WriteAllTextAsync(_offline.File("passphrase"), "correct horse battery staple\n");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _offline.Dispose();
    }

    [Fact]
    public async Task A_file_goes_there_and_back_for_the_move_and_for_each_rotation_after_it()
    {
        var held = TrustChain.Of(_service.Core.Trust);
        var made = await OutputAsync($"root create --key-file {Key} {Passphrase}");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Key));
        var publicKey = made.Split("--root-key ")[1].Split(' ')[0];

        var asked = await AtServiceAsync($"key rotate --role root --root-key {publicKey} --request {_offline.File("move")}");
        Assert.Matches(@"root +[0-9a-f]{32} +WITHDRAWN(.*\n)+.*root +[0-9a-f]{32} +NEW", asked);
        Assert.Contains("Nothing is changed yet", asked, StringComparison.Ordinal);
        Assert.Contains("A root key of version 1 is to sign it too", await OutputAsync($"root sign {_offline.File("move")} --key-file {Key} {Passphrase} --yes"), StringComparison.Ordinal);
        Assert.Contains("Backups of the signing keys", await AtServiceAsync($"key rotate --install {_offline.File("move.signed")}"), StringComparison.Ordinal);
        Assert.Matches(@"root +[0-9a-f]{32} .* offline\n", await AtServiceAsync("key list"));

        var (status, _, error) = await TypeAsync($"key rotate --role issuing --data {_service.Data}");
        Assert.Equal(1, status);
        Assert.Contains("is kept offline", error, StringComparison.Ordinal);

        using (var written = JsonDocument.Parse(await AtServiceAsync($"key rotate --role issuing --request {_offline.File("issuing")} --json")))
            Assert.Equal((3, 6), (written.RootElement.GetProperty("trust_root_version").GetInt32(), written.RootElement.GetProperty("asks").GetArrayLength()));
        using (var signed = JsonDocument.Parse(await OutputAsync($"root sign {_offline.File("issuing")} --key-file {Key} {Passphrase} --yes --json", words: true)))
            Assert.Equal(_offline.File("issuing.signed"), signed.RootElement.GetProperty("file").GetString());
        await AtServiceAsync($"key rotate --install {_offline.File("issuing.signed")}");

        Assert.Equal(3u, held.Follow([.. _service.Core.Organisation.Chain.HandedOn()]).Newest.Version);
        using var response = await new TestDevice().RegisterAsync(_service.Http, await _service.TokenAsync());
        Assert.True((await response.CertificateAsync()).IsVouchedFor(_service.Core.Trust));
    }

    [Fact]
    public async Task What_is_signed_is_shown_and_anything_but_yes_signs_nothing()
    {
        await AskForMoveAsync();
        foreach (var no in (string[])["", "no\n", "y\n", "yes, but\n"])
        {
            var (status, output, error) = await TypeAsync($"root sign {_offline.File("move")} --key-file {Key} {Passphrase}", no);
            Assert.Equal((1, ""), (status, output));
            Assert.Matches(@"Version 2 of the organisation's keys(.*\n)+.*NEW(.*\n)+.*Type yes: Nothing was signed\.", error);
            Assert.False(File.Exists(_offline.File("move.signed")));
        }
        var (signed, _, _) = await TypeAsync($"root sign {_offline.File("move")} --key-file {Key} {Passphrase}", "yes\n");
        Assert.Equal((0, true), (signed, File.Exists(_offline.File("move.signed"))));
    }

    [Fact]
    public async Task Another_version_of_a_number_that_was_signed_is_warned_of_and_an_older_one_refused()
    {
        await AskForMoveAsync();
        await OutputAsync($"root sign {_offline.File("move")} --key-file {Key} {Passphrase} --yes");
        await AtServiceAsync($"key rotate --install {_offline.File("move.signed")}");
        foreach (var (request, isWarned) in (IEnumerable<(string, bool)>)[("first", false), ("first", false), ("second", true)])
        {
            if (!File.Exists(_offline.File(request)))
                await AtServiceAsync($"key rotate --role issuing --request {_offline.File(request)}");
            var (status, _, error) = await TypeAsync($"root sign {_offline.File(request)} --key-file {Key} {Passphrase} --yes");
            Assert.Equal((0, isWarned), (status, error.Contains("CAREFUL: this root key has signed another version 3", StringComparison.Ordinal)));
        }

        File.Delete(_offline.File("move.signed"));
        await FailsAsync("has signed version 3 already, and this asks for version 2", $"root sign {_offline.File("move")} --key-file {Key} {Passphrase} --yes");
        Assert.False(File.Exists(_offline.File("move.signed")));
    }

    [Fact]
    public async Task A_key_that_is_not_asked_signs_nothing_and_none_is_overwritten()
    {
        await AskForMoveAsync();
        await OutputAsync($"root create --key-file {_offline.File("other")} {Passphrase}");
        await FailsAsync("asks for one of", $"root sign {_offline.File("move")} --key-file {_offline.File("other")} {Passphrase} --yes");
        await FailsAsync("never overwritten", $"root create --key-file {Key} {Passphrase}");
        await FailsAsync("is there already", $"key rotate --role root --request {Key} --data {_service.Data}");

        await File.WriteAllTextAsync(_offline.File("wrong"), "incorrect horse");
        await FailsAsync("does not open", $"root sign {_offline.File("move")} --key-file {Key} --passphrase-file {_offline.File("wrong")} --yes");
        await FailsAsync("as a service's does", $"root sign {_offline.File("move")} --key-file {_service.Data.SigningKeys} --passphrase-file {_service.Data.SigningKeyPassphrase} --yes");
        await FailsAsync("cannot be read", $"root sign {_offline.File("move")} --key-file {_offline.File("none")} {Passphrase} --yes");
        await FailsAsync("no request", $"root sign {Key} --key-file {Key} {Passphrase} --yes");
        Assert.False(File.Exists(_offline.File("move.signed")));
    }

    [SkippableFact]
    public async Task At_a_terminal_the_passphrase_is_typed_twice_and_not_shown()
    {
        Skip.IfNot(File.Exists("/usr/bin/script"), "script is not here (Debian: bsdutils)");
        var (status, shown) = await AtTerminalAsync($"root create --key-file {Key}", "hunter2!", "hunter2!");
        Assert.True(status == 0, shown);
        Assert.DoesNotContain("hunter2!", shown, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_offline.File("typed"), "hunter2!");
        using (var key = Registration.Keys.Offline.RootKeyFile.Open(Key, new(_offline.File("typed"), new Person(TextReader.Null, TextWriter.Null))))
            Assert.Contains(key.PublicKey.KeyId, shown, StringComparison.Ordinal);

        var (differs, said) = await AtTerminalAsync($"root create --key-file {_offline.File("other")}", "hunter2!", "hunter3!");
        Assert.Equal((1, false), (differs, File.Exists(_offline.File("other"))));
        Assert.Contains("differ", said, StringComparison.Ordinal);
    }

    private string Key => _offline.File("root-key.json");

    private string Passphrase => $"--passphrase-file {_offline.File("passphrase")}";

    private async Task AskForMoveAsync()
    {
        using var made = JsonDocument.Parse(await OutputAsync($"root create --key-file {Key} {Passphrase} --json"));
        await AtServiceAsync($"key rotate --role root --root-key {made.RootElement.GetProperty("public_key").GetString()} --request {_offline.File("move")}");
    }

    private Task<string> AtServiceAsync(string line) => OutputAsync($"{line} --data {_service.Data}");

    private static async Task<string> OutputAsync(string line, bool words = false)
    {
        var (status, output, error) = await TypeAsync(line);
        Assert.True(status == 0 && (words || error.Length == 0 || line.StartsWith("root sign", StringComparison.Ordinal)), error);
        return output;
    }

    private static async Task FailsAsync(string because, string line)
    {
        var (status, output, error) = await TypeAsync(line);
        Assert.Equal((1, ""), (status, output));
        Assert.Contains(because, error, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Output, string Error)> TypeAsync(string line, string typed = "")
    {
        using StringWriter output = new(), error = new();
        using var input = new StringReader(typed);
        var status = await CommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error, input);
        return (status, output.ToString(), error.ToString());
    }

    // The real program, with a terminal of its own.
    private async Task<(int Status, string Shown)> AtTerminalAsync(string line, params string[] typed)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "openshare-server");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/script", ["-qec", $"{program} {line}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _offline.Path,
        })!;
        var shown = "";
        foreach (var text in typed)
        {
            shown += await ReadUntilAsync(process.StandardOutput, ": ");
            await process.StandardInput.WriteAsync(text + "\r");
            await process.StandardInput.FlushAsync();
        }
        shown += await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync();
        return (process.ExitCode, shown);
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string end)
    {
        var (read, buffer) = ("", new char[256]);
        while (!read.EndsWith(end, StringComparison.Ordinal))
        {
            var count = await reader.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            if (count == 0)
                throw new EndOfStreamException(read);
            read += new string(buffer, 0, count);
        }
        return read;
    }
}
