import FoundationEssentials
import Glibc

/// The messages of earlier sessions, one JSON string a line, appended as they are sent.
struct InputHistoryFile: Sendable {
    let path: String

    private static let kept = 500

    /// The last messages, oldest first; lines that cannot be read are passed over.
    func read() -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let decoder = JSONDecoder()
        return data.split(separator: UInt8(ascii: "\n")).suffix(Self.kept).compactMap {
            try? decoder.decode(String.self, from: Data($0))
        }
    }

    /// Adds a message, in one write.
    func append(_ message: String) {
        guard let line = try? JSONEncoder().encode(message) else { return }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        _ = Files.write(Array(line) + [UInt8(ascii: "\n")], to: descriptor)
        close(descriptor)
    }
}
