# openshare's completion for fish. What may come next is said by openshare itself.
function __openshare_complete
    set -l line (commandline -cp | string collect)
    set -l length (string length -- "$line")
    set -l word (commandline -ct)
    set -l said (openshare "[suggest:$length]" "$line" 2>/dev/null)
    # Options where one is begun. Where nothing is left: files.
    if string match -q -- '-*' "$word"
        string match -- '-*' $said
    else
        string match -r -- '^[^-/].*' $said
        or __fish_complete_path "$word"
    end
end
complete -c openshare -f -a '(__openshare_complete)'
