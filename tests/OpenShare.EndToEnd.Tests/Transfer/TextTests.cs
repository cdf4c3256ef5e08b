using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>A text, a URL, the clipboard: what a person types or copied, from one device to the other.</summary>
[Collection(Processes.Name)]
public sealed class TextTests(SharedPair shared) : IClassFixture<SharedPair>
{
    [Fact]
    public async Task A_text_is_saved_as_a_file_and_shown()
    {
        var pair = await shared.ReadyAsync();
        const string text = "Grüße, 世界\nhttps://example.org/?q=1&r=2\n\u001b]0;not a title\u0007";

        var sent = (await pair.Alice.RunAsync("send", "--text", text, "--to", pair.Bob.Id, "--json")).EndedWith(0).Json;

        Assert.Equal("text", sent.Text("kind"));
        var id = sent.Text("transfer_id")!;
        await Transfers.AssertReceiptAsync(pair.Alice, pair.Bob, id);
        var shown = (await pair.Bob.RunAsync("transfer", "show", id, "--json")).EndedWith(0).Json;
        Assert.Equal(("text", text), (shown.Text("kind"), shown.Text("text")));
        var file = shown.Text("saved_as")!;
        Assert.Matches("^Text from alice [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}[.][0-9]{2}( [(][0-9]+[)])?[.]txt$", Path.GetFileName(file));
        Assert.Equal((pair.Bob.SaveTo, text), (Path.GetDirectoryName(file), await File.ReadAllTextAsync(file)));
        var human = (await pair.Bob.RunAsync("transfer", "show", id)).EndedWith(0).Output;
        Assert.Contains("Grüße, 世界\nhttps://example.org/?q=1&r=2\n\uFFFD]0;not a title\uFFFD", human, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', human);
        await AssertOutboxEmptyAsync(pair.Alice);
        Assert.DoesNotContain("Grüße", pair.Alice.Agent.Errors + pair.Bob.Agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_from_the_standard_input_keeps_its_last_line()
    {
        var pair = await shared.ReadyAsync();
        using var send = pair.Alice.Start(["send", "--text", "-", "--to", pair.Bob.Id, "--json"]);
        send.Type("one\ntwo\n");

        var id = (await send.EndAsync()).EndedWith(0).Json.Text("transfer_id")!;

        Assert.Equal("one\ntwo\n", (await pair.Bob.RunAsync("transfer", "show", id, "--json")).EndedWith(0).Json.Text("text"));
    }

    [Fact]
    public async Task The_clipboard_is_read_by_the_program_there_is()
    {
        var pair = await shared.ReadyAsync();
        using var bin = FakePrograms(("xclip", "#!/bin/sh\n[ \"$*\" = '-selection clipboard -out' ] && printf 'https://example.org/copied'\n"));

        var id = (await WithPathAsync(pair.Alice, bin.Path, "send", "--clipboard", "--to", pair.Bob.Id, "--json")).EndedWith(0).Json.Text("transfer_id")!;

        Assert.Equal("https://example.org/copied", (await pair.Bob.RunAsync("transfer", "show", id, "--json")).EndedWith(0).Json.Text("text"));
    }

    [Fact]
    public async Task Where_one_program_does_not_serve_the_next_is_asked_and_where_there_is_none_it_is_named()
    {
        var pair = await shared.ReadyAsync();
        using var both = FakePrograms(("wl-paste", "#!/bin/sh\necho 'no Wayland here' >&2\nexit 1\n"), ("xsel", "#!/bin/sh\nprintf copied\n"));
        using var broken = FakePrograms(("wl-paste", "#!/bin/sh\necho 'no Wayland here' >&2\nexit 1\n"));
        using var empty = FakePrograms(("xclip", "#!/bin/sh\n"));
        using var none = FakePrograms();

        (await WithPathAsync(pair.Alice, both.Path, "send", "--clipboard", "--to", pair.Bob.Id)).EndedWith(0);
        (await WithPathAsync(pair.Alice, broken.Path, "send", "--clipboard", "--to", pair.Bob.Id)).EndedWith(2).Said("no Wayland here");
        (await WithPathAsync(pair.Alice, empty.Path, "send", "--clipboard", "--to", pair.Bob.Id)).EndedWith(2).Said("The clipboard is empty");
        (await WithPathAsync(pair.Alice, none.Path, "send", "--clipboard", "--to", pair.Bob.Id)).EndedWith(2).Said("Install wl-clipboard");
    }

    [Fact]
    public async Task A_text_outlives_a_killed_sender()
    {
        var pair = await shared.ReadyAsync();
        await pair.Bob.Agent.KillAsync();
        (await pair.Alice.RunAsync("send", "--text", "still here", "--to", pair.Bob.Id, "--detach")).EndedWith(0);
        var kept = Assert.Single(Directory.EnumerateFiles(Path.Combine(pair.Alice.Home, "outbox"), "*", SearchOption.AllDirectories));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));

        await pair.Alice.Agent.KillAsync();
        await pair.Alice.StartAgentAsync();
        await pair.Bob.StartAgentAsync();

        // Hers: his newest may be an earlier one still.
        var id = (await pair.Alice.EndOfNewestAsync("completed")).Text("transfer_id")!;
        Assert.Equal("still here", (await pair.Bob.RunAsync("transfer", "show", id, "--json")).EndedWith(0).Json.Text("text"));
        await AssertOutboxEmptyAsync(pair.Alice);
    }

    private static Task AssertOutboxEmptyAsync(TestDevice sender) => Eventually.TrueAsync(
        "the outbox is empty", Patience.Short, () => !Directory.EnumerateFileSystemEntries(Path.Combine(sender.Home, "outbox")).Any());

    private static async Task<CommandResult> WithPathAsync(TestDevice device, string path, params string[] arguments)
    {
        device.Environment["PATH"] = path;
        try
        {
            return await device.RunAsync(arguments);
        }
        finally
        {
            device.Environment.Remove("PATH");
        }
    }

    private static TemporaryFolder FakePrograms(params (string Name, string Script)[] programs)
    {
        var folder = new TemporaryFolder();
        foreach (var (name, script) in programs)
        {
            File.WriteAllText(folder[name], script);
            File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        return folder;
    }
}
