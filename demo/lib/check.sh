# For demo/tests/*.sh: one line a check, "ok NAME" or "FAILED NAME". Sourced after common.sh, never run.
# shellcheck shell=bash

failures=0
ok() { printf 'ok %s\n' "$1"; }
not_ok() { # not_ok NAME [WHY]
    failures=$((failures + 1))
    printf 'FAILED %s\n' "$1"
    if [[ -n ${2:-} ]]; then printf '%s\n' "$2" | head -n 40 | sed 's/^/    /'; fi
}
# check NAME COMMAND…: ok if the command succeeds; its output is shown where it does not.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$output"; fi
}
# equal NAME EXPECTED FOUND
equal() { if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "expected: $2"$'\n'"found:    $3"; fi; }
# contains NAME TEXT PART
contains() { if [[ $2 == *"$3"* ]]; then ok "$1"; else not_ok "$1" "no '$3' in: $2"; fi; }
lacks() { if [[ $2 != *"$3"* ]]; then ok "$1"; else not_ok "$1" "'$3' in: $2"; fi; }
finish() { exit $((failures > 0)); }

# A data folder of its own with the real model, the plugin and the themes; settings and logs are empty.
clean_home() { # clean_home FOLDER
    mkdir -p "$1/home" "$1/data/spa/models" "$1/config" "$1/state"
    ln -s "$data_folder"/models/*.gguf "$1/data/spa/models/"
    cp -r "$data_folder/plugins" "$data_folder/themes" "$1/data/spa/" 2>/dev/null || true
    rm -f "$1/data/spa/plugins/personal.gguf" # what somebody taught
    export HOME=$1/home XDG_DATA_HOME=$1/data XDG_CONFIG_HOME=$1/config XDG_STATE_HOME=$1/state
}
