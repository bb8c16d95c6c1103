# Shared by demo/run, demo/test and the tests: places, messages, temporary files. Sourced, never run.
# shellcheck shell=bash

program=${program:-demo}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# As in the XDG Base Directory Specification: a value that is not an absolute path is ignored.
data_home=${XDG_DATA_HOME:-}
[[ $data_home == /* ]] || data_home=${HOME:?HOME is not set}/.local/share
data_folder=$data_home/spa
build_folder=$root/.build
spa=$build_folder/release/spa

# Progress goes to standard error, so that `demo/run run "…" > file` holds the answer alone.
say() { printf '%s: %s\n' "$program" "$*" >&2; }

# Ends the script: what is wrong, where, and what to do.
fail() {
    printf '%s: error: %s\n' "$program" "$*" >&2
    exit 1
}

# Shows the end of a log, indented.
show_end() { tail -n "${2:-25}" "$1" | sed 's/^/    /' >&2; }

temporary_folders=()
remove_temporary() {
    local folder
    for folder in ${temporary_folders[@]+"${temporary_folders[@]}"}; do rm -rf -- "$folder"; done
}
trap remove_temporary EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Copies a file only where the contents differ, and never leaves half a file. True if it copied.
install_file() {
    local from=$1 to=$2
    if cmp -s -- "$from" "$to"; then return 1; fi
    mkdir -p -- "$(dirname "$to")" && cp -- "$from" "$to.new.$$" && mv -f -- "$to.new.$$" "$to" ||
        fail "cannot write $to"
}

sha256_of() { sha256sum -- "$1" | cut -d ' ' -f 1; }
