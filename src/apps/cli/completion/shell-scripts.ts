// SPDX-License-Identifier: Apache-2.0

// cspell:ignore compdef funcstack notmatch

/** Shells that `selvage completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** The script that makes a shell ask `selvage __complete`. It runs the program that is on the command line. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/** The program that kubectl asks to complete `kubectl selvage`; it found kubectl-selvage in the same PATH. */
export const KUBECTL_COMPLETER = '#!/bin/sh\nexec kubectl-selvage __complete "$@"\n';

// Words are taken from the line, not from COMP_WORDS, which breaks at = and at the colons of names of contexts.
// Without compopt, in bash 3.2, files are offered where nothing else is.
const BASH = `# bash completion of selvage
_selvage_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} words current candidate kept
  read -r -a words <<<"$line"
  case $line in *[[:space:]]) words+=('') ;; esac
  current=\${words[\${#words[@]} - 1]}
  # What readline keeps of the current word: everything up to its last break.
  kept=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  compopt -o default 2>/dev/null
  while IFS= read -r candidate; do
    case $candidate in
      :4) compopt +o default 2>/dev/null ;;
      :*) ;;
      *)
        candidate=\${candidate%%$'\\t'*}
        COMPREPLY+=("\${candidate#"$kept"}")
        ;;
    esac
  done < <("\${words[0]/#\\~/$HOME}" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _selvage_complete selvage kubectl-selvage
`;

const ZSH = `#compdef selvage kubectl-selvage
# zsh completion of selvage
_selvage() {
  local -a lines candidates
  local line value directive
  lines=("\${(@f)$("\${(Q)words[1]/#\\~/$HOME}" __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  directive=\${lines[-1]}
  lines[-1]=()
  for line in "\${(@)lines}"; do
    value=\${\${line%%$'\\t'*}//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then
      candidates+=("$value:\${line#*$'\\t'}")
    else
      candidates+=("$value")
    fi
  done
  if (( \${#candidates} )); then
    _describe -t values selvage candidates
  elif [[ $directive == :0 ]]; then
    _files
  fi
}
if [[ \${funcstack[1]} == _selvage ]]; then
  _selvage "$@"
else
  compdef _selvage selvage kubectl-selvage
fi
`;

const FISH = `# fish completion of selvage
function __selvage_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l program $before[1]
    set -e before[1]
    set -l lines ($program __complete $before "$current" 2>/dev/null)
    if test (count $lines) -eq 1 -a "$lines[-1]" = ':0'
        __fish_complete_path "$current"
        return
    end
    for line in $lines
        string match -q -r '^:\\d+$' -- $line; or echo $line
    end
end
complete -c selvage -f -a '(__selvage_complete)'
complete -c kubectl-selvage -f -a '(__selvage_complete)'
`;

const POWERSHELL = `# PowerShell completion of selvage
Register-ArgumentCompleter -Native -CommandName selvage, kubectl-selvage -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    $words = @($elements | Select-Object -Skip 1)
    # A space stands for an empty word, which older versions do not pass on.
    if ($wordToComplete -eq '') { $words += ' ' }
    & $elements[0] __complete @words 2>$null | Where-Object { $_ -notmatch '^:\\d+$' } | ForEach-Object {
        $value, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
