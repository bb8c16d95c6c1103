# The release build: one mode for product and tests, so that everything is compiled once. Sourced, never run.
# shellcheck shell=bash

build_log=$build_folder/demo-build.log
# Warnings of our own sources that still stand: a later build does not repeat those of files it does not compile.
warnings_file=$build_folder/demo-warnings

# Reads the build's output and shows one moving line on a terminal, a line for each quarter elsewhere.
show_progress() {
    local line quarter=0 now
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]] || continue
        if [[ -t 2 ]]; then
            printf '\r\033[K%s: building %.60s' "$program" "$line" >&2
        elif ((BASH_REMATCH[2] > 20)); then
            now=$((BASH_REMATCH[1] * 4 / BASH_REMATCH[2]))
            if ((now > quarter && now < 4)); then
                quarter=$now
                say "building, $((now * 25)) %"
            fi
        fi
    done
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# Keeps the warnings of modules that this build did not compile, adds those it printed.
record_warnings() {
    local log=$1 before=/dev/null
    if [[ -f $warnings_file ]]; then before=$warnings_file; fi
    awk -v root="$root/" '
        FILENAME != ARGV[2] {                                           # the log of this build
            if ($0 ~ /^\[[0-9]+\/[0-9]+\] Compiling /) {                 # a Swift module, or one C file
                split($0, word, " ")
                compiled[word[3]] = 1
                if (word[3] ~ /\.c$/) compiled["C"] = 1
            }
            else if (index($0, root "Sources/") == 1 || index($0, root "Tests/") == 1 || index($0, root "Package.swift") == 1) {
                if ($0 ~ /^[^ ]*: warning: /) print substr($0, length(root) + 1)
            } else if ($0 ~ /^warning: / && $0 !~ /swift-argument-parser|swift-log|tomlkit|TOMLKit/) print
            next
        }
        {
            path = substr($0, 1, index($0, ":") - 1)
            count = split(path, part, "/")
            if (part[1] != "Sources" && part[1] != "Tests") next            # warnings of the manifest come each time
            if (part[2] in compiled || part[count] in compiled || (path ~ /\.h$/ && "C" in compiled)) next
            print
        }
    ' "$log" "$before" | sort -u >"$warnings_file.new"
    mv -f -- "$warnings_file.new" "$warnings_file"
}

# $1: "run" builds the command, "test" the tests with it.
build_release() {
    local started=$SECONDS status=0
    local -a what=(--product spa)
    if [[ $1 == test ]]; then what=(--build-tests); fi
    mkdir -p -- "$build_folder"
    if [[ ! -x $spa ]]; then say "building; the first time takes some minutes (log: $build_log)"; fi
    swift build --package-path "$root" -c release "${what[@]}" </dev/null 2>&1 |
        tee "$build_log" | show_progress || status=$?
    record_warnings "$build_log"
    if ((status != 0)); then
        if grep -q 'error:' "$build_log"; then
            grep -E -A 4 'error:' "$build_log" | head -n 40 | sed 's/^/    /' >&2
        fi
        show_end "$build_log" 15
        fail "the build failed; the whole log is $build_log"
    fi
    [[ -x $spa ]] || fail "the build ended well but $spa is not there (log: $build_log)"
    if ((SECONDS - started >= 10)); then say "built in $((SECONDS - started)) s"; fi
}
