#!/usr/bin/env bash
# The chat end to end, as a person would use it: under tmux, on the real model with the bundled plugin.
# Waiting is bounded polling of the screen. Needs demo/run --setup.
set -euo pipefail
program=chat
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"

# What the screen shows: adjust here if the wording of the panels changes.
ready_mark='gated'           # the plugin line, once model and plugin are loaded
network_on_mark='4g'         # the network line after F2
prompt_mark='shell-prompt>'  # the shell below the chat

temporary=$(mktemp -d)
temporary_folders+=("$temporary")
clean_home "$temporary"
unset NO_COLOR
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
shows() { screen | grep -qE -- "$1"; }
hides() { ! shows "$1"; }
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
# The shell is back, with the terminal's settings as before and the cursor visible.
check_restored() {
    seen "$1: the shell's prompt is back" 10 at_prompt
    equal "$1: the alternate screen is left" 0 "$(property alternate_on)"
    equal "$1: the cursor is visible" 1 "$(property cursor_flag)"
    rm -f "$temporary/after"
    typed "stty -g > '$temporary/after'; echo echo-\$((40 + 2))"
    keys Enter
    seen "$1: typing works and is echoed" 5 shows 'echo echo-.*40'
    seen "$1: commands run" 5 shows '^echo-42'
    equal "$1: the terminal's settings are as before" "$(<"$temporary/before")" "$(cat "$temporary/after" 2>&1)"
}

tmux_ new-session -d -s chat -x 100 -y 30 "env PS1='$prompt_mark ' bash --norc --noprofile"
tmux_ set-option -g default-terminal screen-256color
tmux_ set-option -g window-size manual
tmux_ set-option -sg escape-time 0
tmux_ respawn-pane -k -t chat "env PS1='$prompt_mark ' bash --norc --noprofile"
wait_until 5 shows "$prompt_mark" || fail "no shell under tmux"
typed "stty -g > '$temporary/before'"
keys Enter
wait_until 5 test -s "$temporary/before" || fail "stty does not work under tmux"

# --- a question on the plugin's subject
start_chat "first start"
equal "the chat uses the alternate screen" 1 "$(property alternate_on)"
typed "What does SPA stand for?"
seen "what is typed is shown" 5 shows 'What does SPA stand for\?'
keys Enter
seen "the answer is right" 60 shows 'Side Plugin Adaptation'
seen "the reply ends" 30 is_still
seen "side tokens are underlined and coloured" 5 underlined "Side Plugin Adaptation"

# --- a long second reply: always the side, on a slow network, so that there is a middle
keys F4
seen "F4 turns the plugin off" 5 shows '[Pp]lugin.*off|off.*[Pp]lugin|base only'
keys F4
seen "F4 again: always" 5 shows 'always'
keys F2
seen "F2 turns the simulated network on" 5 shows "$network_on_mark"
typed "Write a long story about a dragon and a village."
keys Enter
seen "the question is in the transcript" 5 shows 'dragon and a village'
before=$(screen)
seen "the second reply streams" 20 changes_from "$before"
tmux_ resize-window -t chat -x 72 -y 22
seen "resized in the middle: the window is drawn anew" 5 shows 'dragon'
equal "resized in the middle: still the chat" 1 "$(property alternate_on)"
before=$(screen)
seen "resized in the middle: the reply goes on" 10 changes_from "$before"
keys Escape
seen "Esc stops the reply" 5 is_still
tmux_ resize-window -t chat -x 100 -y 30
seen "back to 100 columns: the panels are there" 5 shows 'always'
seen "what was written stays" 5 shows 'dragon'
keys F2
seen "F2 turns the network off" 5 hides "4g simulated"
keys F4
seen "F4 a third time: gated" 5 shows "$ready_mark"

# --- help, multi-line, quit
keys F1
seen "F1 opens the help" 5 shows 'Esc closes'
keys Escape
seen "Esc closes the help" 5 hides 'Esc closes'
typed "first line"
keys C-j
typed "second line"
seen "Ctrl-J starts a new line" 5 shows 'second line'
seen "Ctrl-J does not send" 5 shows 'first line'
equal "Ctrl-J does not send: nothing in the transcript" 0 "$(screen | grep -c '› first line' || true)"
keys C-c
seen "Ctrl-C clears the line" 5 hides 'second line'
keys C-c
seen "Ctrl-C asks to quit" 5 shows '[Qq]uit|again'
keys C-c
check_restored "after Ctrl-C"

# --- signals
start_chat "second start"
chat_process=$(child_of_pane)
kill -TERM "$chat_process"
check_restored "after kill -TERM"

# --- kept conversations: killed in the middle of a reply, at most the last second is missing
new_shell() {
    tmux_ respawn-pane -k -t chat "env PS1='$prompt_mark ' bash --norc --noprofile"
    wait_until 5 shows "$prompt_mark" || fail "no shell under tmux"
}
# Tokens of prompt and reply, as the usage panel counts them.
tokens_shown() { screen | sed -nE 's/.*context +([0-9]+) of .*/\1/p' | head -n 1; }
more_tokens_than() { local now; now=$(tokens_shown); [[ -n $now ]] && ((now > $1)); }
kill_chat() {
    kill -KILL "$(child_of_pane)"
    wait_until 5 hides "$1" || true
    new_shell
}

start_chat "third start"
keys F4
keys F4
keys F2
seen "always the side, on a slow network" 5 shows "$network_on_mark"
typed "Write a long story about a lighthouse."
keys Enter
seen "a reply to be killed streams" 30 more_tokens_than 60
contains "another spa reads the store while the reply streams" "$("$spa" conversations 2>&1)" "lighthouse"
tokens_before=$(tokens_shown)
sleep 1
kill_chat "$ready_mark"
start_chat "after kill -KILL" --resume
seen "the question is there again" 10 shows 'story about a lighthouse'
seen "the answer says that it was cut" 5 shows 'ended while'
seen "no more than the last second is missing ($tokens_before tokens before it)" 30 more_tokens_than $((tokens_before - 1))
equal "what was sent is no draft" 0 "$(screen | grep -c '^│ Write a long story' || true)"
keys M-o
seen "the list of conversations shows both" 5 shows 'Conversations · Enter'
seen "the first conversation has its title" 5 shows 'What does SPA stand for'
typed "adaptation"
seen "the search finds the answer" 5 shows 'Adaptation'
keys Escape
seen "Esc closes the list" 5 hides 'Conversations · Enter'
typed "half a thought"
seen "a draft is written" 5 shows 'half a thought'
sleep 1
kill_chat "half a thought"
start_chat "after a kill with a draft"
seen "the draft is back" 5 shows 'half a thought'
keys C-c
keys C-c
keys C-c
seen "the shell's prompt is back after the draft" 10 at_prompt

contains "spa conversations lists them" "$("$spa" conversations 2>&1)" "Write a long story about a lighthouse."
contains "spa conversations search" "$("$spa" conversations search adaptation 2>&1)" "What does SPA stand for?"
"$spa" conversations export --out "$temporary/story.jsonl" >"$temporary/export" 2>&1 || true
contains "spa conversations export" "$(head -n 1 "$temporary/story.jsonl" 2>&1)" '"event":"conversation"'
number=$("$spa" conversations list | sed -nE 's/^([0-9a-f]+) .*lighthouse.*/\1/p')
check "spa conversations delete" "$spa" conversations delete "$number"
equal "a deleted conversation is gone" 0 "$("$spa" conversations | grep -c lighthouse || true)"

# --- a session recorded and played without a model
start_chat "recorded" "--record '$temporary/trace.jsonl'"
typed "What does SPA stand for?"
keys Enter
seen "the recorded answer" 60 shows 'Side Plugin Adaptation'
seen "the recorded reply ends" 30 is_still
keys C-d
seen "the recorded chat ends" 10 at_prompt
open_spa "replay '$temporary/trace.jsonl' --speed 4"
seen "the replay says that it is one" 10 shows ' replay *$|replay'
seen "the replay shows the answer" 20 shows 'Side Plugin Adaptation'
seen "the replay's side tokens are underlined and coloured" 5 underlined "Side Plugin Adaptation"
keys C-d
check_restored "after the replay"
finish
