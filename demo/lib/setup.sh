# The whole set-up, the same for demo/run and demo/test. Sourced, never run.
# shellcheck shell=bash

library=$(dirname "${BASH_SOURCE[0]}")
source "$library/common.sh"
source "$library/packages.sh"
source "$library/model.sh"
source "$library/build.sh"

# $1: "run", "test" or "compare".
set_up() {
    # Set and empty is not set, which the package manager does not know.
    [[ -n ${XDG_CACHE_HOME-} ]] || unset XDG_CACHE_HOME
    ensure_packages "$1"
    ensure_swift
    ensure_model
    ensure_data_files
    build_release "$1"
}
