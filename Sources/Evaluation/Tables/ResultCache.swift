import FoundationEssentials
import Training

/// Results on disk by everything that they depend on, so that a run goes on where another was stopped.
struct ResultCache: Sendable {
    /// Counts up where code changes what a cached result would be.
    static let version = 2

    let folder: String

    /// What a result depends on, in words; the file's name is its hash, and the words are checked against collisions.
    struct Key: Sendable, Equatable {
        let kind: String
        let parts: [String]

        init(_ kind: String, _ parts: [String]) {
            self.kind = kind
            self.parts = parts
        }

        var text: String { (["version \(ResultCache.version)", kind] + parts).joined(separator: "\n") }
        /// Two hashes of 64 bits.
        var name: String {
            [stableHash(text), stableHash("second\n" + text)].map { hash in
                let digits = String(hash, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
        }
    }

    private struct Entry<Value: Codable>: Codable {
        let key: String
        let value: Value
    }

    /// The file of a key.
    func path(_ key: Key, _ suffix: String = "json") -> String { "\(folder)/\(key.kind)-\(key.name).\(suffix)" }

    /// The kept result; nil where there is none, or where it cannot be read.
    func read<Value: Codable>(_ key: Key, as type: Value.Type = Value.self) -> Value? {
        guard let bytes = FileManager.default.contents(atPath: path(key)),
            let entry = try? JSONDecoder().decode(Entry<Value>.self, from: bytes), entry.key == key.text
        else { return nil }
        return entry.value
    }

    /// Keeps a result.
    func write<Value: Codable>(_ value: Value, _ key: Key) throws(EvaluationError) {
        let path = path(key)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try JSONEncoder().encode(Entry(key: key.text, value: value))
                .write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
    }
}
