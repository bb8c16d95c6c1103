#!/usr/bin/env bash
# The C kernels under AddressSanitizer and UndefinedBehaviorSanitizer, built with the clang of the Swift toolchain.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if "$clang" -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I"$root/Sources/CKernels/include" \
    "$root"/Sources/CKernels/*.c "$root/Tests/Sanitizers/kernels.c" -lm -lpthread -o "$work/kernels" \
    >"$work/log" 2>&1 && "$work/kernels" >>"$work/log" 2>&1; then
    echo "ok kernels under AddressSanitizer and UBSan: $(grep -c ': clean$' "$work/log") levels"
else
    tail -n 30 "$work/log"
    echo "FAILED kernels under AddressSanitizer and UBSan"
    exit 1
fi
