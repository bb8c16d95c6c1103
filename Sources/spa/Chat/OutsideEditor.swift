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
            throw .cannotWrite(path: path, reason: Files.systemReason())
        }
    }

    /// Runs the editor to its end. Ctrl-C is the editor's meanwhile.
    func run() {
        let quoted = "'" + path.replacing("'", with: "'\\''") + "'"
        _ = system("${VISUAL:-${EDITOR:-vi}} \(quoted)")
    }

    /// What the editor left, without the line end that editors add; the file is gone afterwards.
    func text() throws(CommandFailure) -> String {
        defer { unlink(path) }
        var text = try Files.text(path)
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
