using System.Diagnostics;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests;

/// <summary>Real shells, with the scripts that the command prints, in a folder with one file.</summary>
[Collection(Processes.Name)]
public sealed class CompletionTests : IDisposable
{
    /// <summary>Asks as readline does: the function that the script registered, with the line as it stands.</summary>
    private const string Bash = """
        source <(openshare completions bash)
        COMP_LINE=$1 COMP_POINT=${#1}
        read -ra COMP_WORDS <<<"$1"
        [[ $1 != *' ' ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        registered=($(complete -p openshare))
        for ((at = 0; at < ${#registered[@]}; at++)); do [ "${registered[at]}" = -F ] && function=${registered[at + 1]}; done
        "$function" openshare "${COMP_WORDS[COMP_CWORD]}" ""
        [ ${#COMPREPLY[@]} = 0 ] && compgen -o default -- "${COMP_WORDS[COMP_CWORD]}" || printf '%s\n' "${COMPREPLY[@]}"
        """;

    private const string Fish = "openshare completions fish | source; complete -C \"$argv[1]\" | string replace -r '\\t.*' ''";

    private const string Zsh = """
        autoload -Uz compinit && compinit -u -D
        source <(openshare completions zsh)
        [[ ${_comps[openshare]} == _openshare ]] || exit 9
        # The two that only a line editor has.
        compadd() { [[ $1 == -a ]] && print -rl -- ${(M)${(P)2}:#$PREFIX*} }
        _files() { print -rl -- $PREFIX*(N) }
        words=(${=1}); [[ $1 == *' ' ]] && words+=("")
        CURRENT=$#words PREFIX=$words[-1]
        _openshare
        """;

    private readonly TemporaryFolder _folder = new();

    public CompletionTests()
    {
        File.WriteAllText(_folder["holiday.mov"], "");
        Directory.CreateDirectory(_folder["bin"]);
        var program = Checkout.IsNative ? $"'{Checkout.OpenShare}'" : $"dotnet '{Checkout.OpenShare}'";
        File.WriteAllText(_folder["bin/openshare"], $"#!/bin/sh\nexec {program} \"$@\"\n");
        File.SetUnixFileMode(_folder["bin/openshare"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public static TheoryData<string, string, string> Shells()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var shell in (string[])["bash", "zsh", "fish"])
        {
            data.Add(shell, "openshare tr", "transfer transfers");
            data.Add(shell, "openshare send --t", "--text --to");
            data.Add(shell, "openshare agent --accept ", "ask none own");
            data.Add(shell, "openshare peers ", "accept resolve");
            data.Add(shell, "openshare send holi", "holiday.mov");
        }
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task What_may_come_next_is_completed(string shell, string line, string expected)
    {
        Skip.IfNot(SystemPath.Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))), $"{shell} is not here");

        Assert.Equal(expected, string.Join(' ', (await CompleteAsync(shell, line)).Order(StringComparer.Ordinal)));
    }

    private async Task<string[]> CompleteAsync(string shell, string line)
    {
        string[] arguments = shell switch
        {
            "bash" => ["--norc", "-c", Bash, "bash", line],
            "zsh" => ["-f", "-c", Zsh, "zsh", line],
            _ => ["--no-config", "-c", Fish, line],
        };
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.Environment["PATH"] = $"{_folder["bin"]}:{SystemPath}";
        start.Environment["HOME"] = _folder["bin"];
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Patience.Long);
        Assert.True(said[1].Length == 0, said[1]);
        return said[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string SystemPath => Environment.GetEnvironmentVariable("PATH")!;

    public void Dispose() => _folder.Dispose();
}
