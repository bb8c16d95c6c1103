import Glibc

/// A draft in a file that the person's own editor opens: `$VISUAL`, `$EDITOR`, or vi.
struct OutsideEditor {
    private let path: String

    /// Writes the draft where nobody else can read it.
    init(draft: String) throws(CommandFailure) {
        var template = Array("\(Paths.temporary)/spa-message-XXXXXX.md".utf8CString)
        let descriptor = mkstemps(&template, 3)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard descriptor >= 0 else {
            throw .cannotWrite(path: path, reason: Files.systemReason())
        }
        defer { close(descriptor) }
        guard Files.write(Array(draft.utf8), to: descriptor) else {
            let reason = Files.systemReason()
            unlink(path)
            throw .cannotWrite(path: path, reason: reason)
        }
    }

    /// Runs the editor to its end; false where it could not be started or ended with an error. Ctrl-C is the editor's
    /// meanwhile.
    func run() -> Bool {
        let quoted = "'" + path.replacing("'", with: "'\\''") + "'"
        return system("${VISUAL:-${EDITOR:-vi}} \(quoted)") == 0
    }

    /// Removes the file.
    func discard() { unlink(path) }

    /// What the editor left, without the line end that editors add. The file is gone afterwards, unless it cannot be read as
    /// text: then it stays, and the error names it.
    func text() throws(CommandFailure) -> String {
        var text = try Files.text(path)
        unlink(path)
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
