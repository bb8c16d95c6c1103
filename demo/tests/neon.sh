#!/usr/bin/env bash
# The NEON kernels on a machine of another kind: built by the clang of the Swift toolchain for 64-bit ARM, run by QEMU, and
# compared with the portable ones. Needs the Debian packages qemu-user and libc6-dev-arm64-cross; skipped without them.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
system=/usr/aarch64-linux-gnu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ $(uname -m) == aarch64 ]]; then
    echo "skipped: this machine has NEON itself, the other tests run it"
    exit
elif ! command -v qemu-aarch64 >/dev/null || [[ ! -e $system/lib/crt1.o ]]; then
    echo "skipped: NEON under emulation needs qemu-user and libc6-dev-arm64-cross"
    exit
fi

# Without the start files and the library of a cross GCC, which these packages do not bring.
if ! "$clang" --target=aarch64-linux-gnu -O1 -fuse-ld=lld -nostdlib -mno-outline-atomics \
    -isystem "$system/include" -L"$system/lib" -I"$root/Sources/CKernels/include" \
    "$system/lib/crt1.o" "$system/lib/crti.o" "$root"/Sources/CKernels/*.c "$root"/Tests/Sanitizers/{kernels,levels}.c \
    -lm -lc "$system/lib/crtn.o" -o "$work/kernels" >"$work/log" 2>&1; then
    tail -n 30 "$work/log"
    echo "FAILED to build the kernels for 64-bit ARM"
    exit 1
fi

check() { # check NAME PROCESSOR LEVELS
    local log=$work/$1.log
    if qemu-aarch64 -L "$system" -cpu "$2" "$work/kernels" >"$log" 2>&1 && [[ $(grep -c ': clean$' "$log") == "$3" ]]; then
        echo "ok NEON on an emulated $1: all $3 levels clean"
    else
        tail -n 30 "$log"
        echo "FAILED NEON on an emulated $1"
    fi
}
check "ARMv8.2 with dot products" max 3
check ARMv8.0 cortex-a53 2
