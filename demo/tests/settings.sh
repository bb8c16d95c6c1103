#!/usr/bin/env bash
# Where settings come from, and how `spa run` ends: on the real model, without a plugin. Needs demo/run --setup.
set -euo pipefail
program=settings
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
temporary=$(mktemp -d)
temporary_folders+=("$temporary")
clean_home "$temporary"
rm -rf "$XDG_DATA_HOME/spa/plugins"
mkdir -p "$XDG_CONFIG_HOME/spa"
cd "$temporary"
config=$XDG_CONFIG_HOME/spa/config.toml

# tokens [VARIABLE=VALUE…] -- ARGUMENTS…: how many tokens an answer has.
tokens() {
    local -a variables=()
    while [[ $1 != -- ]]; do
        variables+=("$1")
        shift
    done
    shift
    env "${variables[@]}" "$spa" run --json "$@" "Write a long story." </dev/null | grep -c '"event":"token"'
}
# fails STATUS NAME PART [VARIABLE=VALUE…]: `spa run` ends with that status and a line that has this part.
fails() {
    local expected=$1 name=$2 part=$3 status=0
    shift 3
    env "$@" "$spa" run hello </dev/null >output 2>error || status=$?
    equal "$name: exit $expected" "$expected" "$status"
    contains "$name: says where" "$(<error)" "$part"
}

# --- flag before variable before file
printf 'max_tokens = 3\n' >"$config"
equal "the file's setting is used" 3 "$(tokens --)"
equal "a variable goes before the file" 4 "$(tokens SPA_MAX_TOKENS=4 --)"
equal "a flag goes before a variable" 5 "$(tokens SPA_MAX_TOKENS=4 -- --max-tokens 5)"
printf 'max-tokens = 3\n' >"$config"
equal "the flag's spelling is understood" 3 "$(tokens --)"

# prompt_tokens env [VARIABLE=VALUE…]: how many tokens the prompt has; without a template, those of the text alone.
prompt_tokens() { "$@" "$spa" run --json --max-tokens 1 hello </dev/null | tail -n 1 | grep -o '"prompt_tokens":[0-9]*'; }
rm "$config"
equal "a variable stands for a flag without a value" '"prompt_tokens":1' "$(prompt_tokens env SPA_RAW=true)"
printf 'raw = true\n' >"$config"
equal "so does the file" '"prompt_tokens":1' "$(prompt_tokens env)"

# --- mistakes
printf 'max_tokens = "many"\n' >"$config"
fails 1 "a bad value in the file" "config.toml, max_tokens"
printf 'colour = "red"\n' >"$config"
fails 1 "an unknown setting" "'colour'"
printf 'max_tokens = 3\nthis is no TOML\n' >"$config"
fails 1 "a file that is no TOML" "config.toml:2"
printf 'raw = "maybe"\n' >"$config"
fails 1 "a flag in the file that is neither true nor false" "config.toml, raw"
rm "$config"
fails 1 "a bad value in a variable" SPA_MODE SPA_MODE=sideways
fails 1 "beams that would have to draw" "--beams 1" SPA_BEAMS=4 SPA_TEMPERATURE=0.7
fails 1 "a model of a variable that is not there" /none.gguf SPA_MODEL=/none.gguf
fails 1 "a prompt longer than the context" "context" SPA_CONTEXT=16 SPA_SYSTEM="$(printf 'word %.0s' {1..40})"

# --- what was chosen in the chat
choices=$XDG_STATE_HOME/spa/choices.json
chosen() { cat "$choices" 2>/dev/null || true; }
plain_chat() { "$spa" chat --plain "$@" 2>&1; }
printf '/theme light\n' | plain_chat >output
contains "a theme is remembered" "$(chosen)" '"theme" : "light"'
printf '/theme sixteen\n' | plain_chat --private >output
contains "not by a private chat" "$(chosen)" '"theme" : "light"'
printf '{"plugin": "/none.gguf", "theme": "light"}' >"$choices"
contains "a plugin that is not there any more is said" "$(plain_chat </dev/null)" "/none.gguf"
contains "the rest stays" "$(chosen)" '"theme" : "light"'
lacks "it is forgotten" "$(chosen)" none.gguf
lacks "and said once" "$(plain_chat </dev/null)" none.gguf
contains "spa run does not ask what was chosen" "$("$spa" run --max-tokens 1 hello </dev/null 2>&1 && echo answered)" answered
printf '{"plugin"' >"$choices"
contains "a broken file is said" "$(plain_chat </dev/null)" "choices.json"
equal "and is none any more" "{" "$(chosen | head -c 1)"
printf '{"mode": "side"}' >"$choices"
contains "a mode chosen last is said where no panel shows it" "$(plain_chat </dev/null)" "The side writes every word, as you chose last"
rm "$choices"
fails 1 "a taught plugin that is not there" "/none.gguf" SPA_TAUGHT=/none.gguf

# --- Ctrl-C, a reader that goes away, standard input
status=0
timeout --preserve-status --signal INT 1 "$spa" run --json --max-tokens 100000 --context 8192 \
    --repeat-penalty 1.3 "Write an endless story." </dev/null >output || status=$?
contains "Ctrl-C: what there is ends with a summary" "$(tail -n 1 output)" '"event":"summary"'
# A fast machine may have been at the end of the answer.
if grep -q '"stop":"cancelled"' output; then equal "Ctrl-C: exit 130" 130 "$status"; fi
status=0
"$spa" run --max-tokens 200 "Write a long story." </dev/null 2>error | head -c 1 >/dev/null || status=${PIPESTATUS[0]}
equal "a reader that goes away: no complaint" "" "$(<error)"
if ((status == 0 || status == 141)); then ok "a reader that goes away: a quiet end"; else
    not_ok "a reader that goes away: a quiet end" "exit $status"
fi
equal "standard input follows the prompt" \
    "$("$spa" run --json --max-tokens 1 $'Say:\n\nhello' </dev/null | tail -n 1 | grep -o '"prompt_tokens":[0-9]*')" \
    "$(printf 'hello\n' | "$spa" run --json --max-tokens 1 "Say:" | tail -n 1 | grep -o '"prompt_tokens":[0-9]*')"
printf '\xff\xfe' >bytes.txt
status=0
"$spa" run <bytes.txt >output 2>error || status=$?
equal "standard input that is no text: exit 1" 1 "$status"
contains "standard input that is no text: says so" "$(<error)" "UTF-8"
check "the log is there, for its owner alone" test "$(stat -c %a "$XDG_STATE_HOME/spa/spa.log")" = 600
finish
