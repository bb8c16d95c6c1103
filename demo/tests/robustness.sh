#!/usr/bin/env bash
# What must not end the chat, or lose anything: files that are broken, full or of a later version, a terminal that goes
# away, shrinks to one cell or sends noise. On the real model with the bundled plugin. Needs demo/run --setup.
set -euo pipefail
program=robustness
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
source "$root/demo/lib/tmux.sh"
cd "$temporary"
store=$XDG_DATA_HOME/spa/conversations.sqlite
config=$XDG_CONFIG_HOME/spa

# noise BYTES [SEED] [LEFT OUT]: the same bytes each time.
noise() { python3 -c 'import random, sys
r = random.Random(int(sys.argv[2]))
out = set(bytes.fromhex(sys.argv[3]))
sys.stdout.buffer.write(bytes(b for b in (r.randrange(256) for _ in range(int(sys.argv[1]))) if b not in out))' \
    "$1" "${2:-1}" "${3:-}"; }
# ask [ARGUMENTS]: one short answer without a window; `output`, `error` and `status` are what came of it.
ask() {
    status=0
    echo "What does SPA stand for?" | "$spa" chat --max-tokens 12 "$@" >output 2>error || status=$?
}
# answers NAME [ARGUMENTS]
answers() {
    local name=$1
    shift
    ask "$@"
    equal "$name: exit 0" 0 "$status"
    check "$name: there is an answer" grep -q Adaptation output
}
# refuses NAME PART [ARGUMENTS]: ends with 1 and one line that has this part.
refuses() {
    local name=$1 part=$2
    shift 2
    ask "$@"
    equal "$name: exit 1" 1 "$status"
    contains "$name: says where and what" "$(<error)" "$part"
}

# --- settings and themes
mkdir -p "$config/themes"
noise 400 >"$config/config.toml"
refuses "settings of noise" "config.toml"
rm "$config/config.toml"
mkdir "$config/config.toml"
refuses "settings that are a folder" "config.toml"
rmdir "$config/config.toml"
noise 400 2 >"$config/themes/noise.toml"
printf '[palette\n' >"$config/themes/open.toml"
: >"$config/themes/empty.toml"
answers "broken themes"
rm -r "$config/themes"

# --- the store
rm -f "$store"*
(umask 0; ask)
for file in "$store" "$XDG_STATE_HOME"/spa/*; do
    equal "with an open umask: ${file##*/} is its owner's alone" 600 "$(stat -c %a "$file")"
done
# A store is given, a sentence is expected, and what was there stays as it is under one name or another.
# given NAME PART FILE
given() {
    local name=$1 part=$2 sum
    rm -f "$store"*
    cp "$3" "$store"
    sum=$(sha256_of "$store")
    answers "$name"
    contains "$name: says so" "$(<error)" "$part"
    if grep -q "^$sum" <<<"$(sha256sum "$store"*)"; then ok "$name: nothing is lost"; else
        not_ok "$name: nothing is lost" "$(ls -l "$store"*)"
    fi
}
rm -f "$store"*
answers "a store to begin with"
cp "$store" whole
noise 5000 3 >noise
head -c 3000 /dev/zero >zeros
head -c $(($(stat -c %s whole) / 2)) whole >half
cp whole later
python3 -c 'import sqlite3
later = sqlite3.connect("later")
later.execute("INSERT INTO grdb_migrations VALUES (\"99: something else\")")
later.commit()'
given "a store of noise" "is kept as" noise
given "a store of zeros" "is kept as" zeros
given "a store cut in half" "is kept as" half
given "a store of a later version" "update spa" later
rm -f "$store"*
: >"$store"
answers "an empty store"
contains "an empty store: is used" "$("$spa" conversations 2>&1)" "What does SPA stand for"
rm -f "$store"*
mkdir "$store"
answers "a store that is a folder"
contains "a store that is a folder: says so" "$(<error)" "conversations.sqlite"
rmdir "$store"
cp whole "$store"
rm -f "$XDG_STATE_HOME"/spa/*
full_disk() { (ulimit -f 1; ask "$@"; echo "$status" >ended); status=$(<ended); }
full_disk
equal "a full disk: exit 0" 0 "$status"
check "a full disk: there is an answer" grep -q Adaptation output
contains "a full disk: says what to do" "$(<error)" "make room"
equal "a full disk: what was kept is there" 1 "$("$spa" conversations 2>&1 | grep -c 'What does SPA')"
if (($(id -u) != 0)); then
    chmod 500 "$XDG_DATA_HOME/spa"
    rm -f "$store"*
    answers "a folder that cannot be written to"
    contains "a folder that cannot be written to: says so" "$(<error)" "permissions"
    chmod 700 "$XDG_DATA_HOME/spa"
fi

# --- traces
noise 2000 4 >noise.jsonl
for file in noise.jsonl zeros "$store"; do
    status=0
    "$spa" replay "$file" >output 2>error </dev/null || status=$?
    equal "replay of ${file##*/}: exit 1" 1 "$status"
    contains "replay of ${file##*/}: says what writes one" "$(<error)" "spa chat --record"
done

# --- a terminal that goes away in the middle of a reply
start_chat "to be hung up"
streams_slowly "a reply to be hung up streams"
# Nothing that was on the screen may be missing.
tokens_before=$(tokens_shown)
chat_process=$(child_of_pane)
new_shell
gone() { [[ ! -e /proc/$1 ]]; }
if wait_until 10 gone "$chat_process"; then ok "without its terminal the chat ends"; else
    not_ok "without its terminal the chat ends" "$(ps -o pid,stat,args -p "$chat_process")"
fi
start_chat "after the hang-up" --resume
seen "the question is there again" 10 shows 'story about a lighthouse'
seen "what came before is there" 30 more_tokens_than $((tokens_before - 1))

# --- one cell, and noise
typed "Write a long story about a dragon."
keys Enter
seen "a reply to be squeezed streams" 20 shows 'about a dragon'
chat_process=$(child_of_pane)
tmux_ resize-window -t chat -x 1 -y 1
sleep 1
equal "in a window of one cell: the chat is there" "$chat_process" "$(child_of_pane)"
tmux_ resize-window -t chat -x 100 -y 30
seen "back from one cell: the window is drawn anew" 10 shows 'dragon'
keys Escape
seen "back from one cell: Esc stops" 10 is_still
# Not what ends, leaves or sends: Ctrl-C, -D, -J, -M, -O, -Z and Ctrl-\.
noise 3000 5 03040a0d0f1a1c | od -An -v -tx1 | tr -d '\n' | fold -w 240 | while read -r bytes; do
    # shellcheck disable=SC2086
    tmux_ send-keys -t chat -H $bytes
done
sleep 1
equal "after noise: the chat is there" "$chat_process" "$(child_of_pane)"
# What the noise has opened closes first.
for _ in 1 2 3 4 5 6 7 8; do
    at_prompt && break
    keys C-c
    sleep 0.5
done
check_restored "after noise"

# --- rows taught before that have become unreadable
taught=$XDG_DATA_HOME/spa/taught.jsonl
printf '{"prompt": "a?", "response": "b"}\nno row\n' >"$taught"
cp "$taught" before.jsonl
start_chat "with broken rows"
typed "hello"
keys Enter
seen "an answer to correct" 60 shows ' tokens · '
typed "/teach Good morning."
keys Enter
seen "broken rows: the line is named" 20 shows 'taught.jsonl:2'
check "broken rows: the file is as it was" cmp "$taught" before.jsonl
keys C-c
keys C-c
keys C-c
check_restored "after broken rows"
finish
