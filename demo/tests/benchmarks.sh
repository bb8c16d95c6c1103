#!/usr/bin/env bash
# demo/compare and demo/counts on false programs with known figures: what they conclude, not how fast anything is.
set -euo pipefail
program=benchmarks
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$root/demo/lib/check.sh"
temporary=$(mktemp -d)
temporary_folders+=("$temporary")
cd "$temporary"

# --- compare: spa twice as fast as llama.cpp in everything
cat >spa <<'SCRIPT'
#!/usr/bin/env bash
if [[ $1 == run ]]; then echo The; else printf '{"%s":200}\n' "$4"; fi
SCRIPT
cat >llama-bench <<'SCRIPT'
#!/usr/bin/env bash
echo '{"avg_ts": 50.0}'
echo '{"avg_ts": 100.0}'
SCRIPT
cat >llama-simple <<'SCRIPT'
#!/usr/bin/env bash
printf '%sThe' "${@: -1}"
SCRIPT
chmod +x spa llama-bench llama-simple
compare() { python3 "$root/demo/lib/compare.py" --spa ./spa --llama . --model a.gguf --q4-0 b.gguf "$@"; }

# known JSON EXPRESSION…: every expression over `answer` and the figures by name holds.
known() {
    python3 - "$@" <<'PYTHON'
import json, sys
answer = json.load(open(sys.argv[1], encoding="utf-8"))
figures = {figure["name"]: figure for figure in answer.get("figures", [])}
for expression in sys.argv[2:]:
    if not eval(expression):
        sys.exit(f"{expression}: {answer}")
PYTHON
}
check "compare --json" compare --rounds 2 --threads 3 --json
compare --rounds 2 --threads 3 --json >output 2>error
check "compare: ratios of medians, and what holds" known output \
    'answer["rounds"] == 2 and answer["threads"] == 3' \
    'figures["tg128"]["ratio"] == 2 and figures["tg128"]["holds"] is True' \
    'figures["tg128"]["ratios"] == [2, 2]' \
    'figures["pp512"]["required"] == 6 and figures["pp512"]["holds"] is False' \
    'figures["pp512_vs_q4_0"]["holds"] is True and figures["tg128_d2048_q4_0"]["holds"] is None' \
    'len(figures["first_token_ms"]["ratios"]) == 6 and figures["peak_rss_mib"]["spa"] > 0'
compare --rounds 1 --only prompt >output
contains "compare: a table" "$(<output)" "prompt of 512"
contains "compare: what does not hold is said" "$(<output)" "DOES NOT HOLD"
compare --busy --rounds 1 --json >output 2>error
check "compare --busy" known output 'answer["spa"]["fraction"] == 1 and answer["holds"] is True' \
    'answer["llama_cpp"]["quiet"] == 100'
status=0
compare --only speed >output 2>error || status=$?
equal "compare: a name that is none" 2 "$status"
printf '#!/bin/sh\necho broken >&2\nexit 3\n' >llama-bench
status=0
compare --rounds 1 --only prompt >output 2>error || status=$?
equal "compare: a program that fails ends it" 1 "$status"
contains "compare: and is named with its message" "$(<error)" "llama-bench ended with 3: broken"

# --- counts: reading callgrind's file, and what counts as growth
check "counts: functions by their own instructions" python3 - "$root/demo/lib" <<'PYTHON'
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import counts

with open("callgrind.out", "w") as file:
    file.write("events: Ir\nfl=(1) a.c\nfn=(1) one\n16 400\n+3 20\ncfn=(2) two\ncalls=1 50\n16 700\n\nfn=(2)\n* 300\nfn=(1)\n-2 5\n")
found = counts.read("callgrind.out")
assert found == {"one": 425, "two": 300}, found
assert counts.difference(found, counts.collections.Counter(one=25), 4) == {"one": 100, "two": 75}
before = {counts.ALL: 1000, "one": 500, "two": 20}
assert counts.compare("start", {counts.ALL: 1049, "one": 500, "two": 29}, before) == []
grown = counts.compare("start", {counts.ALL: 1100, "one": 540, "three": 9}, before)
assert [line.split()[1] for line in grown] == ["(all)", "one"], grown
counts.save("counts.tsv", {"start": before})
assert counts.load("counts.tsv") == {"start": before}
PYTHON
finish
