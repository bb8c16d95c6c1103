#!/usr/bin/env bash
# The kernels on processors that this machine has not, emulated by QEMU: that the right ones are chosen, and that each agrees
# with the portable ones. Needs the Debian packages qemu-user and libc6-dev-arm64-cross; skipped without them.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
arm=/usr/aarch64-linux-gnu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ $(uname -m) != x86_64 ]] || ! command -v qemu-aarch64 >/dev/null || [[ ! -e $arm/lib/crt1.o ]]; then
    echo "skipped: other processors need an x86-64 machine with qemu-user and libc6-dev-arm64-cross"
    exit
fi

build() { # build NAME ARGUMENTS-OF-CLANG...
    if ! "$clang" -O1 -I"$root/Sources/CKernels/include" "${@:2}" -lm -lc -o "$work/$1" >"$work/log" 2>&1; then
        tail -n 30 "$work/log"
        echo "FAILED to build the kernels for $1"
        exit 1
    fi
}
sources=("$root"/Sources/CKernels/*.c "$root"/Tests/Sanitizers/{kernels,levels}.c)
build x86_64 "${sources[@]}"
# Without the start files and the library of a cross GCC, which these packages do not bring.
build aarch64 --target=aarch64-linux-gnu -fuse-ld=lld -nostdlib -mno-outline-atomics -isystem "$arm/include" \
    -L"$arm/lib" "$arm"/lib/crt{1,i,n}.o "${sources[@]}"

check() { # check ARCHITECTURE PROCESSOR LEVELS...
    local log=$work/log
    if "qemu-$1" -L "$arm" -cpu "$2" "$work/$1" >"$log" 2>"$work/warnings" &&
        [[ $(sed -n 's/: clean$//p' "$log" | xargs) == "${*:3}" ]]; then
        echo "ok kernels on an emulated $2: ${*:3}"
    else
        tail -n 30 "$log" "$work/warnings"
        echo "FAILED kernels on an emulated $2: ${*:3}"
    fi
}
check x86_64 Nehalem portable
check x86_64 Haswell portable avx2
check aarch64 cortex-a53 portable neon
check aarch64 neoverse-n1 portable neon neon-dot
