#!/usr/bin/env bash
# The C code under AddressSanitizer and UndefinedBehaviorSanitizer, built with the clang of the Swift toolchain.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

check() { # check NAME WHAT-IT-PRINTS-WHEN-CLEAN ARGUMENTS-OF-CLANG...
    local name=$1 unit=$2 log=$work/$1.log
    if "$clang" -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all "${@:3}" -o "$work/$name" \
        >"$log" 2>&1 && "$work/$name" >>"$log" 2>&1; then
        echo "ok $name under AddressSanitizer and UBSan: $(grep -c ': clean$' "$log") $unit"
    else
        tail -n 30 "$log"
        echo "FAILED $name under AddressSanitizer and UBSan"
        status=1
    fi
}

tests=$root/Tests/Sanitizers
check kernels levels -I"$root/Sources/CKernels/include" "$root"/Sources/CKernels/*.c \
    "$tests/kernels.c" "$tests/levels.c" -lm -lpthread
check terminal program -I"$root/Sources/CTerminal/include" "$root"/Sources/CTerminal/*.c \
    "$tests/terminal.c" -lncursesw -ltinfo -lutil
exit "$status"
