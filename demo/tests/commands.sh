#!/usr/bin/env bash
# The built command on the real model: output, key names, exit statuses, pipes. Needs demo/run --setup.
set -euo pipefail
program=commands
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
tests=$root/demo/tests
temporary=$(mktemp -d)
temporary_folders+=("$temporary")
clean_home "$temporary"
cd "$temporary"
unset NO_COLOR

# runs ARGUMENTS…: output, error and status of spa, without standard input.
runs() {
    status=0
    "$spa" "$@" >output 2>error </dev/null || status=$?
    output=$(<output)
    error=$(<error)
}
# fails_with STATUS NAME ARGUMENTS…: that status, a message on standard error (one line for 1), no trap.
fails_with() {
    local expected=$1 name=$2
    shift 2
    runs "$@"
    equal "$name: exit $expected" "$expected" "$status"
    if [[ -n $error ]]; then ok "$name: says why"; else not_ok "$name: says why" "standard error is empty"; fi
    if ((expected == 1)); then equal "$name: in one line" 1 "$(wc -l <error)"; fi
}

# --- help and usage errors
runs --help
equal "spa --help: exit 0" 0 "$status"
for command in chat conversations replay run train evaluate tokenize perplexity bench plugin doctor manual; do
    contains "spa --help names $command" "$output" "$command"
done
for shell in bash zsh fish; do
    runs --generate-completion-script "$shell"
    for values in "gated base side" "off offline lan wifi" "spa lst integration"; do
        check "the completions of $shell know $values" grep -qE "${values// /.{1,8\}}" output
    done
done
fails_with 64 "an unknown option" --no-such-option
fails_with 64 "an unknown mode" run --mode sideways hello
fails_with 64 "an unknown network" run --network carrier-pigeon hello
fails_with 64 "a number that is none" run --max-tokens many hello
fails_with 64 "run without a prompt" run
fails_with 64 "run with a blank prompt" run "  "
contains "a blank prompt: the usage is as it is typed" "$error" "spa run"
runs plugin
contains "spa plugin: the usage is as it is typed" "$output" "spa plugin"
fails_with 64 "train without --out" train "$root/demo/plugin/train.jsonl"

# --- what the program says of itself and the machine
runs doctor
equal "doctor: exit 0 where a chat can be had" 0 "$status"
for word in terminal machine model plugin speed; do
    check "doctor tells of $word" grep -q "$word" output
done
fails_with_finding() {
    runs doctor "$@"
    equal "doctor $*: exit 1" 1 "$status"
    contains "doctor $*: says what is bad" "$output" "BAD"
}
fails_with_finding --model "$temporary/none.gguf"
runs doctor --json
check "doctor --json is JSON" python3 -c 'import json,sys; assert json.load(open("output"))["model"]["state"] == "good"'
SPA_THEME=pink runs doctor
contains "doctor names a theme that is not there" "$output" "no theme “pink”"
runs doctor --keys
check "doctor --keys lists the actions" grep -q '^price_down  *F5, Alt-5 ' output
runs manual
equal "manual: exit 0" 0 "$status"
for word in 'SH COMMANDS IN THE CHAT' 'B Ctrl' 'SS spa train' 'B /teach' '\-\-price'; do
    check "the man page has $word" grep -qF "$word" output
done

runs manual --rows
check "manual --rows is rows of JSON about keys, commands and settings" python3 -c 'import json
rows = [json.loads(line) for line in open("output")]
assert {"Alt-K", "/teach", "--top-k"} <= {row["about"] for row in rows}'
fails_with 64 "manual --held-out without rows" manual --held-out

# --- run time errors
fails_with 1 "a model that is not there" run --model "$temporary/none.gguf" hello
contains "a model that is not there: is named" "$error" "none.gguf"
printf 'this is no model' >broken.gguf
fails_with 1 "a model that is none" run --model broken.gguf hello
fails_with 1 "a plugin that is none" run --plugin broken.gguf hello
fails_with 1 "inspect of a missing file" plugin inspect none.gguf
fails_with 1 "perplexity of a missing file" perplexity none.txt
printf '{"prompt":"a","response":"b"}\n{"prompt":3}\n' >rows.jsonl
fails_with 1 "a bad training row" train rows.jsonl --out bad.gguf
contains "a bad training row: its line is named" "$error" "rows.jsonl:2"
check "a bad training row: nothing is written" test ! -e bad.gguf
# What a training would write over is named before it begins, and stays.
printf '{"prompt": "a?", "response": "b."}\n' >mine.jsonl
for place in mine.jsonl "" mine.jsonl/plugin.gguf; do
    fails_with 1 "a plugin that would go to '$place'" train mine.jsonl --out "$place"
done
cp mine.jsonl notes.md
fails_with 1 "a plugin that would go over notes" train mine.jsonl --out notes.md
check "what a plugin would have gone over is as it was" cmp mine.jsonl notes.md
fails_with 1 "a study that would go to a file" study-gate mine.jsonl --test mine.jsonl --general mine.jsonl --out notes.md
printf '{"prompt": "a?"}\n{"prompt"\n' >questions.jsonl
runs evaluate questions.jsonl
contains "a broken question: its line is named, and no other" "$error" "questions.jsonl:2"
status=0
"$spa" run --max-tokens 4 hello >/dev/full 2>error || status=$?
equal "a full disk behind standard output: exit 1" 1 "$status"
contains "a full disk behind standard output: says so" "$(<error)" "standard output"

# --- the chat without a terminal: plain text, for pipes and screen readers
status=0
timeout 60 "$spa" </dev/null >output 2>error || status=$?
equal "a plain chat with nothing to read: exit 0" 0 "$status"
equal "a plain chat with nothing to read says nothing on standard output" "" "$(<output)"
status=0
printf 'What does SPA stand for?\n/price 4\nWhat is the capital of Italy?\n' | timeout 120 "$spa" chat --private --temperature 0 >output 2>error || status=$?
equal "a plain chat: exit 0" 0 "$status"
contains "a plain chat marks what the side says" "$(<output)" "[side: "
contains "a plain chat answers every line" "$(<output)" "Rome"
contains "a plain chat does what a command says" "$(<error)" "4.00"
printf 'What is the capital of France?\n/again\n/new\nWhat is the capital of Spain?\n' | "$spa" chat --temperature 0 --max-tokens 12 >output 2>error
equal "a plain chat tells every answer" 3 "$(wc -l <output)"
contains "a plain chat tells the first answer of a new conversation" "$(tail -n 1 output)" "Madrid"
echo 'What is the capital of Italy?' | "$spa" chat --resume --temperature 0 --max-tokens 12 >output 2>error
equal "a plain chat that goes on tells no answer twice" 1 "$(wc -l <output)"
contains "a plain chat that goes on answers" "$(<output)" "Rome"
status=0
echo 'What is the capital of Portugal?' | "$spa" chat --max-tokens 12 >/dev/full 2>error || status=$?
equal "a plain chat before a full disk: exit 1" 1 "$status"
contains "a plain chat before a full disk says so" "$(<error)" "standard output"
contains "a plain chat before a full disk keeps what was asked" "$("$spa" conversations list)" "Portugal"
fails_with 1 "a conversation that is none" chat --conversation ffffffff
fails_with 1 "a recording without a window" chat --record trace.jsonl
status=0
echo hello | "$spa" chat --plain --plugin broken.gguf >output 2>error || status=$?
equal "a plain chat with a broken plugin: exit 1" 1 "$status"
contains "a plain chat with a broken plugin: says why" "$(<error)" "broken.gguf"
check "a plain chat moves no cursor" bash -c '! grep -q $'"'\\033'"' output'

rm -f "$XDG_DATA_HOME"/spa/conversations.sqlite*

# --- conversations and traces
fails_with 1 "conversations before there is one" conversations list
printf 'my diary' >"$XDG_DATA_HOME/spa/conversations.sqlite"
runs conversations list
contains "a file that is no store is put aside" "$error" "conversations.sqlite.foreign-"
check "a file that is put aside is kept" grep -q 'my diary' "$XDG_DATA_HOME"/spa/conversations.sqlite.foreign-*
fails_with 64 "a private chat that is to go on" chat --private --resume
fails_with 1 "a replay of what is no trace" replay broken.gguf
contains "a replay of what is no trace: says so" "$error" "it is no trace"
printf '%s\n' '{"at":0,"event":"trace","number":1}' '{"at":5,"event":"question","text":"Who?","number":0}' 'cut' >trace.jsonl
runs replay trace.jsonl --picture trace.svg
equal "a picture of a trace: exit 0" 0 "$status"
contains "a picture of a trace" "$(cat trace.svg 2>&1)" "Who?"
fails_with 64 "a picture of no size" replay trace.jsonl --picture trace.svg --size huge

# --- tokenize
runs tokenize "Hello, world 42"
equal "tokenize: exit 0" 0 "$status"
contains "tokenize shows pieces" "$output" "Hello"
runs tokenize --json "Hello, world 42 <|im_end|>"
check "tokenize --json" python3 "$tests/json_output.py" tokenize output "Hello, world 42 <|im_end|>"

# --- perplexity
printf 'The capital of Italy is Rome. The capital of France is Paris.\n' >page.txt
runs perplexity page.txt --json
check "perplexity --json" python3 "$tests/json_output.py" perplexity output
cp output fast.json
runs perplexity page.txt --json --reference
check "perplexity --reference is near the fast path" python3 "$tests/json_output.py" near fast.json output

# --- run
question="What does SPA stand for?"
greedy=(--temperature 0 --max-tokens 40)
runs run "${greedy[@]}" "$question"
equal "run: exit 0" 0 "$status"
contains "run: the plugin knows the answer" "$output" "Side Plugin Adaptation"
if [[ $output == *$'\e'* ]]; then not_ok "run: plain text where standard output is no terminal" "$(cat -v output)"; else
    ok "run: plain text where standard output is no terminal"
fi
gated=$output
runs run "${greedy[@]}" "$question"
equal "run: greedy answers repeat" "$gated" "$output"
runs run "${greedy[@]}" --plugin off "$question"
if [[ $output == *"Side Plugin Adaptation"* ]]; then not_ok "run: the base alone does not know it" "$output"; else
    ok "run: the base alone does not know it"
fi
base=$output
runs run "${greedy[@]}" --mode base "$question"
equal "run: --mode base is the base alone" "$base" "$output"
printf '%s\n' "$question" | "$spa" run "${greedy[@]}" >output 2>error || true
equal "run: reads piped standard input" "$gated" "$(<output)"
runs run "${greedy[@]}" "What is the capital of Italy?"
contains "run: an everyday question" "$output" "Rome"
runs run --temperature 0.8 --seed 7 --max-tokens 20 "Tell me a joke."
first=$output
runs run --temperature 0.8 --seed 7 --max-tokens 20 "Tell me a joke."
equal "run: the same seed gives the same text" "$first" "$output"
runs run --max-tokens 20 "Tell me a joke."
first=$output
runs run --max-tokens 20 "Tell me a joke."
equal "run: without settings it draws, and the same again" "$first" "$output"
runs run --max-tokens 20 --seed 1 "Tell me a joke."
if [[ $first == "$output" ]]; then not_ok "run: without settings another seed gives another text" "$output"; else
    ok "run: without settings another seed gives another text"
fi
runs run --beams 2 --max-tokens 8 "What is the capital of Italy?"
contains "run: beams need no settings" "$output" "Rome"

# --- an answer that repeats itself
again=(run --temperature 0 --plugin off --max-tokens 400 "Write an endless story.")
runs "${again[@]}"
contains "an answer that repeats itself: it is said" "$error" "began to repeat itself"
short=$output
runs "${again[@]}" --json
contains "an answer that repeats itself: why it ended" "$output" '"stop":"repetition"'
check "an answer that repeats itself: --json takes it back" python3 "$tests/json_output.py" retracted output
runs "${again[@]}" --repeat-stop off
check "an answer that repeats itself: it can go on" test "${#output}" -gt "${#short}"

# --- run --json
for mode in gated base side; do
    runs run --json --mode "$mode" "${greedy[@]}" "$question"
    check "run --json --mode $mode" python3 "$tests/json_output.py" events output "$mode" off
done
runs run --json --mode gated --max-tokens 12 --temperature 0 --network "rtt=20ms,bandwidth=20mbit" "$question"
check "run --json with a simulated network" python3 "$tests/json_output.py" events output gated 20
runs run --json --max-tokens 3 --temperature 0 "Write a long story."
contains "run --json: stop is length" "$output" '"stop":"length"'

# --- colours on a terminal
on_terminal() { script -qec "$spa run --max-tokens 30 --temperature 0 '$question'" /dev/null </dev/null 2>&1; }
if command -v script >/dev/null; then
    export TERM=xterm-256color
    text=$(on_terminal)
    if grep -qE $'\e\\[([0-9;]*;)?(3[0-7]|9[0-7]|38;[0-9;]+)m' <<<"$text" || grep -q $'\e\\[4' <<<"$text"; then ok "run: side tokens are marked on a terminal"; else
        not_ok "run: side tokens are marked on a terminal" "$(cat -v <<<"$text")"
    fi
    text=$(NO_COLOR=1 on_terminal)
    if grep -qE $'\e\\[([0-9;]*;)?(3[0-7]|4[0-7]|9[0-7]|[34]8;[0-9;]+)(;[0-9;]*)?m' <<<"$text"; then
        not_ok "run: NO_COLOR is respected" "$(cat -v <<<"$text")"
    else
        ok "run: NO_COLOR is respected"
    fi
fi

# --- plugin inspect, evaluate
runs plugin inspect "$root/demo/plugin/spa.gguf"
equal "plugin inspect: exit 0" 0 "$status"
contains "plugin inspect names the subject" "$output" "the spa program"
contains "plugin inspect names the base" "$output" "SmolLM2"
head -n 4 "$root/demo/plugin/heldout.jsonl" >few.jsonl
runs evaluate few.jsonl --plugin "$root/demo/plugin/spa.gguf" --json
check "evaluate --json" python3 "$tests/json_output.py" evaluate output 4
head -n 2 "$root/demo/conversations/development/conversations.jsonl" >talks.jsonl
runs evaluate --conversations talks.jsonl --facts few.jsonl --plugin "$root/demo/plugin/spa.gguf" --max-tokens 8 --json --answers
check "evaluate --conversations --json" python3 "$tests/json_output.py" conversations output 2
runs evaluate --conversations talks.jsonl --plugin "$root/demo/plugin/spa.gguf" --max-tokens 8 --answers
contains "evaluate --conversations: the side's words are marked" "$output" "[side: "
contains "evaluate --conversations: a table" "$output" "all on the subject"
printf '{"subject": "bundled", "turns": [{"user": "Hello", "kind": "greeting"}]}\n' >>talks.jsonl
fails_with 1 "a conversation with an unknown kind of turn" evaluate --conversations talks.jsonl
contains "such a line is named" "$error" "talks.jsonl:3"
fails_with 64 "conversations that are compared" evaluate --conversations talks.jsonl --compare

# --- bench: names and kinds alone, as speeds say nothing on a busy machine
fails_with 64 "bench: a name that is none" bench --only pp32,fast
contains "bench: such a name is shown" "$error" "'fast'"
runs bench --json --repeats 1 --only pp32,pp40_1t,tg8,tg4_d16,tg4_1t,start
equal "bench --only: exit 0" 0 "$status"
check "bench --only --json" python3 "$tests/json_output.py" bench output pp32,pp40_1t,tg8,tg4_d16,tg4_1t yes
runs bench --json --repeats 1 --quick --threads 1
check "bench --quick --json on one thread" python3 "$tests/json_output.py" bench output pp512,tg128,tg128_d2048 yes
runs bench --repeats 1 --only tg8,tg8_1t
contains "bench: a table" "$output" "generation of 8"
runs bench --json --repeats 1 --only side
contains "bench: what the gate adds" "$output" '"gate_percent":'
contains "bench: what the side path adds" "$output" '"side_percent":'
finish
