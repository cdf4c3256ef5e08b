#compdef openshare
# openshare's completion for zsh. What may come next is said by openshare itself.
_openshare() {
  local line="${words[1,CURRENT-1]} $PREFIX"
  local -a said
  said=("${(@f)$($words[1] "[suggest:${#line}]" "$line" 2>/dev/null)}")
  # Options where one is begun. Where nothing is left: files.
  if [[ $PREFIX == -* ]]; then
    said=(${(M)said:#-*})
  else
    said=(${said:#[-/]*})
  fi
  if (( $#said )); then compadd -a said; else _files; fi
}
# Loaded by the name of its file, or read by "source".
if [[ $funcstack[1] == _openshare ]]; then _openshare "$@"; else compdef _openshare openshare; fi
