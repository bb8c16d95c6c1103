# For the tests of the chat under tmux: a terminal of its own, keys, waiting for what the screen shows, and the shell that
# the chat is started from. Sourced after common.sh and check.sh, never run. Waiting is bounded polling of the screen.
# shellcheck shell=bash

# What the screen shows: adjust here if the wording of the panels changes.
ready_mark=' ready *$'        # the title line, once model and plugin are loaded
network_on_mark='4g'         # the network line after F2
prompt_mark='shell-prompt>'  # the shell below the chat

temporary=$(mktemp -d)
temporary_folders+=("$temporary")
clean_home "$temporary"
unset NO_COLOR COLORFGBG
export LC_ALL=C.UTF-8

server=spa-test-$$
tmux_() { tmux -L "$server" -f /dev/null "$@"; }
trap 'tmux_ kill-server 2>/dev/null || true; remove_temporary' EXIT
screen() { tmux_ capture-pane -p -t chat; }
keys() { tmux_ send-keys -t chat "$@"; }
typed() { tmux_ send-keys -t chat -l -- "$1"; }
property() { tmux_ display-message -p -t chat "#{$1}"; }

# wait_until SECONDS COMMAND…: polls ten times a second.
wait_until() {
    local tries=$(($1 * 10))
    shift
    while ((tries > 0)); do
        if "$@"; then return 0; fi
        sleep 0.1
        tries=$((tries - 1))
    done
    return 1
}
# A pipe into grep -q would fail where grep has seen enough before all is written.
shows() { grep -qE -- "$1" <<<"$(screen)"; }
hides() { ! shows "$1"; }
shows_text() { [[ -n $1 ]] && grep -qF -- "$1" <<<"$(screen)"; }
# The first row of the answer to a question that is on the screen.
words_below() { screen | sed -n "/› .*$1/,\$p" | sed -n 3p | cut -c 3-50 | sed 's/ *│.*//; s/ *$//'; }
is_still() { # the screen does not change for half a second
    local before
    before=$(screen)
    sleep 0.5
    [[ $before == "$(screen)" ]]
}
changes_from() { [[ $1 != "$(screen)" ]]; }
# seen NAME SECONDS COMMAND…: a check that polls, and shows the screen where it fails.
seen() {
    local name=$1 limit=$2
    shift 2
    if wait_until "$limit" "$@"; then ok "$name"; else not_ok "$name" "$(screen)"; fi
}
underlined() { tmux_ capture-pane -p -e -t chat | python3 "$root/demo/tests/marked.py" "$1"; }
# The processes below the pane's shell.
child_of_pane() { tr ' ' '\n' <"/proc/$(property pane_pid)/task/$(property pane_pid)/children" | head -n 1; }
at_prompt() { [[ $(property alternate_on) == 0 && -z $(child_of_pane) ]] && shows "$prompt_mark *$"; }
# open_spa [ARGUMENTS]: by a script, as a line that does not fit the window confuses the shell below.
open_spa() {
    keys -R
    tmux_ clear-history -t chat
    printf "exec '%s' %s\n" "$spa" "${1:-}" >"$temporary/open"
    typed "sh '$temporary/open'"
    keys Enter
}
# start_chat NAME [ARGUMENTS]
start_chat() {
    local before_start=$failures
    open_spa "${2:-}"
    seen "$1: the chat is ready" 30 shows "$ready_mark"
    if ((failures > before_start)); then finish; fi # nothing that follows could tell more
}
restored=0
# The shell is back, with the terminal's settings as before and the cursor visible.
check_restored() {
    seen "$1: the shell's prompt is back" 10 at_prompt
    equal "$1: the alternate screen is left" 0 "$(property alternate_on)"
    equal "$1: the cursor is visible" 1 "$(property cursor_flag)"
    rm -f "$temporary/after"
    # Another number each time: that of an earlier check may still be on the screen.
    restored=$((restored + 1))
    typed "stty -g > '$temporary/after'; echo echo-\$((1000 + $restored))"
    keys Enter
    seen "$1: typing works and is echoed" 5 shows "echo echo-.*1000 . $restored"
    seen "$1: commands run" 5 shows "^echo-$((1000 + restored))"
    equal "$1: the terminal's settings are as before" "$(<"$temporary/before")" "$(cat "$temporary/after" 2>&1)"
}

new_shell() {
    tmux_ respawn-pane -k -t chat "env PS1='$prompt_mark ' bash --norc --noprofile"
    wait_until 5 shows "$prompt_mark" || fail "no shell under tmux"
}
# Tokens of prompt and reply, as the usage panel counts them.
tokens_shown() { screen | sed -nE 's/.*context +([0-9]+) of .*/\1/p' | head -n 1; }
# streams_slowly NAME: a long reply of the side alone, on a slow network, has begun.
streams_slowly() {
    typed "/plugin always"
    keys Enter
    keys F2
    seen "always the side, on a slow network" 5 shows "$network_on_mark"
    typed "Write a long story about a lighthouse."
    keys Enter
    seen "$1" 30 more_tokens_than 60
}
more_tokens_than() { local now; now=$(tokens_shown); [[ -n $now ]] && ((now > $1)); }

tmux_ new-session -d -s chat -x 100 -y 30 "env PS1='$prompt_mark ' bash --norc --noprofile"
tmux_ set-option -g default-terminal screen-256color
tmux_ set-option -g window-size manual
tmux_ set-option -sg escape-time 0
tmux_ respawn-pane -k -t chat "env PS1='$prompt_mark ' bash --norc --noprofile"
wait_until 5 shows "$prompt_mark" || fail "no shell under tmux"
typed "stty -g > '$temporary/before'"
keys Enter
wait_until 5 test -s "$temporary/before" || fail "stty does not work under tmux"
