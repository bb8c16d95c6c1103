#!/usr/bin/env bash
# The bundled plugin knows its own program: its rows agree with each other and with the tables, and every key and slash command
# is asked by its name, in words that it did not learn. On the real model; needs demo/run --setup.
set -euo pipefail
program=plugin
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
temporary=$(mktemp -d)
temporary_folders+=("$temporary")
clean_home "$temporary"
cd "$temporary"
rows() { python3 "$root/demo/lib/plugin_rows.py" "$@"; }

"$spa" manual --rows >train.jsonl
"$spa" manual --rows --development >development.jsonl
"$spa" manual --rows --held-out >heldout.jsonl
"$spa" manual >manual
"$spa" doctor --keys >keys
check "no question is asked twice, and what is asked is taught" rows rows "$root/demo/plugin" train.jsonl development.jsonl heldout.jsonl
check "every key and command is asked by its name" rows names train.jsonl keys manual

rows questions heldout.jsonl >questions.jsonl
check "the judge knows right answers from exchanged ones" rows control questions.jsonl
"$spa" evaluate questions.jsonl --plugin "$root/demo/plugin/spa.gguf" --answers --together 8 --max-tokens 48 >answers
if rows judge questions.jsonl answers 2>judgement; then
    ok "keys and slash commands by their names: $(grep -m 1 'right' judgement)"
else
    not_ok "keys and slash commands by their names" "$(<judgement)"
fi
finish
