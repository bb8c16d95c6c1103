#!/usr/bin/env bash
# The chat end to end, as a person would use it: under tmux, on the real model with the bundled plugin.
# Needs demo/run --setup.
set -euo pipefail
program=chat
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
# Exact words, and long answers to the end.
export SPA_TEMPERATURE=0 SPA_REPEAT_STOP=off
source "$root/demo/lib/tmux.sh"

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
seen "F4 a third time: gated" 5 shows 'gated'

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
kill_chat() {
    kill -KILL "$(child_of_pane)"
    wait_until 5 hides "$1" || true
    new_shell
}

start_chat "third start"
streams_slowly "a reply to be killed streams"
contains "another spa reads the store while the reply streams" "$("$spa" conversations 2>&1)" "lighthouse"
tokens_before=$(tokens_shown)
words_before=$(words_below 'story about a lighthouse')
sleep 1
kill_chat "$ready_mark"
start_chat "after kill -KILL" --resume
seen "the question is there again" 10 shows 'story about a lighthouse'
seen "the answer says that it was cut" 5 shows 'ended while'
seen "the first words of the answer are those that streamed" 5 shows_text "$words_before"
seen "the plugin is used as it was" 5 shows 'always'
seen "the network is the one that it was" 5 shows "$network_on_mark simulated"
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
seen "the plugin is used as it was chosen last" 5 shows 'always'
keys F4
seen "F4 after always: gated" 5 shows 'gated'
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
keys Space
seen "Space pauses the replay" 5 shows 'replay 4×, paused *$'
keys -l -
seen "- slows it down" 5 shows 'replay 2×, paused *$'
keys Left
seen "the left arrow goes back to the question" 5 hides 'Side Plugin Adaptation'
seen "the question is there" 5 shows '› What does SPA stand for'
keys Space
seen "Space goes on, and the answer comes again" 20 shows 'Side Plugin Adaptation'
keys C-d
check_restored "after the replay"
finish
