# openshare's completion for bash. What may come next is said by openshare itself.
_openshare() {
  local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} said
  COMPREPLY=()
  while IFS= read -r said; do
    # Options where one is begun. Where nothing is left, bash offers files.
    [[ -n $said && $said == "$word"* && ($said != [-/]* || $word == -*) ]] && COMPREPLY+=("$said")
  done < <("$1" "[suggest:${#line}]" "$line" 2>/dev/null)
}
complete -o bashdefault -o default -F _openshare openshare
