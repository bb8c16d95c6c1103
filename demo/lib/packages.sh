# What must be on the machine: Debian packages and the Swift toolchain. Sourced, never run.
# shellcheck shell=bash

swift_needed=6.1

is_root() { [[ $EUID -eq 0 ]]; }
have() { command -v "$1" >/dev/null 2>&1; }

package_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# The python3 that has a working pip, or nothing.
python_with_pip() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -m pip --version >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# Names of the packages that are missing, one a line. $1: "run", "test" or "compare".
# libncurses-dev holds the wide-character headers; libncursesw5-dev is its older name.
missing_packages() {
    if have dpkg-query; then
        package_installed libncurses-dev || package_installed libncursesw5-dev || echo libncurses-dev
    elif [[ ! -e /usr/include/curses.h && ! -e /usr/include/ncursesw/curses.h ]]; then
        echo libncurses-dev
    fi
    # The store of conversations: GRDB reads SQLite's header.
    [[ -e /usr/include/sqlite3.h ]] || echo libsqlite3-dev
    have git || echo git
    compgen -G '/usr/include/c++/*/vector' >/dev/null || echo g++
    if [[ $1 == compare ]] || ! model_is_ready; then python_with_pip >/dev/null || echo python3-pip; fi
    if [[ $1 == test ]]; then
        have python3 || echo python3
        have tmux || echo tmux
        # For demo/tests/processors.sh.
        if [[ $(uname -m) == x86_64 ]]; then
            have qemu-aarch64 || echo qemu-user
            [[ -e /usr/aarch64-linux-gnu/lib/crt1.o ]] || echo libc6-dev-arm64-cross
        fi
    elif [[ $1 == compare ]]; then
        have make || echo make
    fi
}

# Installs what missing_packages names, or says exactly what is missing and how to install it.
ensure_packages() {
    local -a missing=() as_root=()
    local log
    mapfile -t missing < <(missing_packages "$1")
    if [[ ${#missing[@]} -eq 0 ]]; then return; fi

    local by_hand="install them yourself: apt-get install ${missing[*]}"
    have apt-get || fail "missing packages: ${missing[*]}. There is no apt-get here; install their equivalents."
    if ! is_root; then
        have sudo || fail "missing packages: ${missing[*]}. Neither root nor sudo here; as root, $by_hand"
        as_root=(sudo)
        if [[ ! -t 2 ]] && ! sudo -n true 2>/dev/null; then
            fail "missing packages: ${missing[*]}. sudo wants a password and there is no terminal; as root, $by_hand"
        fi
    fi

    say "installing ${missing[*]}"
    mkdir -p -- "$build_folder"
    log=$build_folder/demo-packages.log
    local -a install=(
        ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive
        apt-get install -y --no-install-recommends "${missing[@]}")
    # The package lists of a fresh machine are empty or old: fetch them if the first try fails.
    if ! "${install[@]}" >"$log" 2>&1 </dev/null; then
        ${as_root[@]+"${as_root[@]}"} apt-get update >>"$log" 2>&1 </dev/null || true
        if ! "${install[@]}" >>"$log" 2>&1 </dev/null; then
            show_end "$log" 12
            fail "apt could not install: ${missing[*]} (log: $log). As root, $by_hand"
        fi
    fi
}

# True if dotted version $1 is at least $2.
version_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

ensure_swift() {
    local report version where='see https://www.swift.org/install/linux/'
    have swift || fail "no Swift toolchain: 'swift' is not in PATH. Install Swift $swift_needed or later, $where"
    report=$(swift --version 2>&1 </dev/null) || fail "'swift --version' does not work: ${report%%$'\n'*}. Repair the toolchain, $where"
    if [[ $report =~ Swift\ version\ ([0-9]+(\.[0-9]+)*) ]]; then
        version=${BASH_REMATCH[1]}
    else
        fail "cannot read the version of $(command -v swift): ${report%%$'\n'*}"
    fi
    version_at_least "$version" "$swift_needed" ||
        fail "Swift $version at $(command -v swift) is too old. Install Swift $swift_needed or later, $where"
}
