#!/usr/bin/env bash
# What the chat's window does beside chatting: reading view, mouse, teaching, light or dark, and a reply in the middle of
# which the window is resized, left and continued. Under tmux, on the real model with the bundled plugin.
# Needs demo/run --setup.
set -euo pipefail
program=window
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
# Exact words, and long answers to the end.
export SPA_TEMPERATURE=0 SPA_REPEAT_STOP=off
source "$root/demo/lib/tmux.sh"

# click COLUMN ROW, from 1; wheel up|down
click() { keys -l "$(printf '\e[<0;%d;%dM\e[<0;%d;%dm' "$1" "$2" "$1" "$2")"; }
wheel() { keys -l "$(printf '\e[<%d;5;5M' "$([[ $1 == up ]] && echo 64 || echo 65)")"; }
# click_on TEXT: on the first letter of it that the screen shows.
click_on() {
    local row column
    row=$(screen | grep -nF -- "$1" | head -n 1 | cut -d : -f 1)
    [[ -n $row ]] || return 1
    column=$(screen | sed -n "${row}p" | awk -v text="$1" '{ print index($0, text) }')
    click "$column" "$row"
}
not_underlined() { ! underlined "$1"; }
no_child_of_chat() { [[ -z $(tr ' ' '\n' <"/proc/$1/task/$1/children" 2>/dev/null | head -n 1) ]]; }

# --- the mouse, and the reading view
start_chat "with the mouse" --mouse
equal "--mouse: the terminal reports clicks" 1 "$(property mouse_any_flag)"
typed "What does SPA stand for?"
keys Enter
seen "the answer" 60 shows 'Side Plugin Adaptation'
seen "the reply ends" 30 shows "$ready_mark"
click_on "Plugin Adaptation" || not_ok "the answer can be clicked on"
seen "a click on a word opens the inspector at it" 5 shows 'Token [0-9]+ of [0-9]+'
seen "the inspector has what both models would say" 20 shows 'base would say +side would say'
keys Escape
seen "Esc closes the inspector" 5 hides 'Token [0-9]+ of [0-9]+'
click_on "F2 network"
seen "a click on F2 turns the network on" 5 shows "$network_on_mark simulated"
click_on "F2 network"
seen "a click on F2 turns the network off" 5 hides "$network_on_mark simulated"
keys C-p
seen "Ctrl-P opens the list of actions" 5 shows '▸ send'
click_on "this help"
seen "a click chooses in the list" 5 shows '▸ this help'
click_on "this help"
seen "a click on what is chosen does it, and its release nothing" 5 shows 'Help · '
keys Escape
seen "Esc closes the help" 5 hides 'Help · '
keys M-g
seen "Alt-G shows the map of answers" 5 shows 'Side words along each answer'
keys Escape
keys M-v
seen "Alt-V opens the reading view" 5 shows 'reading view'
seen "the reading view has the answer" 5 shows 'Side Plugin Adaptation'
seen "the reading view has no looks of the gate" 5 not_underlined "Side Plugin Adaptation"
keys M-v
seen "Alt-V again: the looks are back" 5 underlined "Side Plugin Adaptation"

# --- teaching: begun, seen, stopped
chat_process=$(child_of_pane)
typed "/teach SPA stands for Side Plugin Adaptation, and a gate decides."
keys Enter
seen "/teach opens its panel" 10 shows 'Teaching · Esc goes on'
seen "the panel shows how far the lesson is" 60 shows '[1-9][0-9]? %'
keys Escape
seen "Esc hides the panel" 5 hides 'Teaching · Esc goes on'
seen "the title goes on telling" 5 shows 'teaching: '
typed "/teach"
keys Enter
seen "/teach shows the panel again" 5 shows 'Teaching · Esc goes on'
keys s
seen "S stops the lesson" 5 shows 'stopped; everything is as before'
seen "no process is left of it" 10 no_child_of_chat "$chat_process"
nothing_learned() { equal "$1" "" "$(find "$XDG_DATA_HOME/spa" -name '*personal*' -o -name 'taught*')"; }
nothing_learned "nothing is left of what it learned"
typed "/teach SPA stands for Side Plugin Adaptation, and a gate decides."
keys Enter
seen "a lesson goes to its end" 240 shows 'K keeps it, D discards it'
seen "the panel shows the answer before and after" 5 shows '^│ after'
keys d
seen "D discards the lesson" 5 hides 'K keeps it, D discards it'
nothing_learned "nothing is left of what was discarded"
typed "/teach SPA stands for Side Plugin Adaptation, and a gate decides."
keys Enter
seen "the panel shows the question and the step" 60 shows '› What does SPA stand for\? *│'
seen "the steps are counted" 60 shows '[1-4] of 4 · '
seen "another lesson goes to its end" 240 shows 'K keeps it, D discards it'
keys k
seen "K keeps the lesson, beside the plugin" 10 shows ' \+ spa \+ personal '
typed "/teach l"
keys Tab
keys Enter
seen "Tab completes, /teach list shows the row" 5 shows '1  What does SPA stand for\?'
keys Escape
seen "Esc closes the list" 5 hides 'Taught · '
typed "/teach forget 1"
keys Enter
seen "/teach forget forgets it" 10 shows 'Forgotten: “What does SPA stand for'
nothing_learned "nothing is left of what was forgotten"

# --- a reply in the middle of which much happens: always the side, on a slow network
keys F4
keys F4
keys F2
seen "always the side, on a slow network" 5 shows "$network_on_mark simulated"
typed "Write a long story about a lighthouse."
keys Enter
seen "the reply streams" 30 more_tokens_than 60
before=$(tokens_shown)
tmux_ resize-window -t chat -x 46 -y 12
seen "resized to 46x12 in the middle: the window fits" 5 shows '^ base side'
tmux_ resize-window -t chat -x 160 -y 48
seen "resized to 160x48 in the middle: the reply has gone on" 10 more_tokens_than "$before"
before=$(tokens_shown)
keys C-z
seen "Ctrl-Z in the middle: the shell's prompt" 10 shows "$prompt_mark *$"
equal "Ctrl-Z in the middle: the alternate screen is left" 0 "$(property alternate_on)"
equal "Ctrl-Z in the middle: the mouse is the shell's" 0 "$(property mouse_any_flag)"
typed "echo echo-\$((40 + 2))"
keys Enter
seen "Ctrl-Z in the middle: the shell works" 5 shows '^echo-42'
typed "fg"
keys Enter
seen "fg in the middle: the chat is back" 10 shows 'story about a lighthouse'
equal "fg in the middle: the alternate screen" 1 "$(property alternate_on)"
equal "fg in the middle: the mouse is the chat's" 1 "$(property mouse_any_flag)"
seen "fg in the middle: the reply goes on" 10 more_tokens_than "$((before + 5))"
tmux_ resize-window -t chat -x 100 -y 16
seen "resized to 100x16 in the middle: the window fits" 5 shows '^ base side'
seen "the answers are longer than the window" 30 hides '› What does SPA stand for'
wheel up
seen "the wheel scrolls up, and the reply goes on below" 5 shows '↓ .* End'
wheel down
wheel down
seen "the wheel scrolls down to the newest" 5 hides '↓ .* End'
keys Escape
seen "Esc stops the reply" 5 shows "$ready_mark"
tmux_ resize-window -t chat -x 100 -y 30
keys C-d
check_restored "after Ctrl-D"
equal "after Ctrl-D: the mouse is the shell's" 0 "$(property mouse_any_flag)"

# --- light or dark by the terminal; F7 says the theme that is next to the one in use
check_theme() { # check_theme NAME BACKGROUND NEXT ARGUMENTS: what was chosen before is forgotten
    rm -f "$XDG_STATE_HOME/spa/choices.json"
    check_same_theme "$@"
}
check_same_theme() {
    keys -R
    tmux_ clear-history -t chat
    printf "COLORFGBG='%s' exec '%s' %s\n" "$2" "$spa" "$4" >"$temporary/open"
    typed "sh '$temporary/open'"
    keys Enter
    seen "$1: it opens" 30 shows 'F7'
    keys F7
    seen "$1: the theme" 5 shows "Theme $3\."
    keys C-d
    seen "$1: it ends" 10 at_prompt
}
printf '%s\n' '{"at":0,"event":"trace","number":1}' '{"at":0,"event":"conversation"}' >"$temporary/trace.jsonl"
check_theme "the chat on a light terminal" "0;15" sixteen chat
check_theme "the chat on a dark terminal" "15;0" light chat
check_same_theme "the theme of the last chat" "15;0" sixteen chat
check_same_theme "--theme is stronger than what was chosen" "15;0" light "chat --theme dark"
check_theme "--theme is stronger than the terminal" "0;15" light "chat --theme dark"
check_theme "a replay on a light terminal" "0;15" sixteen "replay '$temporary/trace.jsonl'"
check_theme "a replay on a dark terminal" "15;0" light "replay '$temporary/trace.jsonl'"
finish
