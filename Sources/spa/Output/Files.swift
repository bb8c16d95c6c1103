import FoundationEssentials
import Glibc

/// Files as a whole.
enum Files {
    /// The UTF-8 text of a file.
    static func text(_ path: String) throws(CommandFailure) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw .cannotRead(path: path, reason: "it is not UTF-8 text")
        }
        return text
    }

    /// The bytes of a file.
    static func bytes(_ path: String) throws(CommandFailure) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            var facts = stat()
            let reason =
                stat(path, &facts) != 0
                ? String(cString: strerror(errno)).lowercased()
                : facts.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "no permission"
            throw .cannotRead(path: path, reason: reason)
        }
    }

    /// Writes a file whole or not at all.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .cannotWrite(
                path: path, reason: "\(errno == 0 ? "no such folder" : String(cString: strerror(errno)))")
        }
    }

    /// A path with a leading `~/` written out, as a shell does where the path stands alone.
    static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst(1)
    }
}
