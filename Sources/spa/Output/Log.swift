import FoundationEssentials
import Glibc
import Logging

/// The program's log.
enum Log {
    /// Writes to `spa.log` in the state folder; to nowhere where that cannot be written.
    static let shared: Logger = {
        let paths = Paths(environment: ProcessInfo.processInfo.environment)
        return Logger(label: "spa") { _ in FileLogHandler(path: paths.log) }
    }()
}

/// Appends lines to a file, each in one write, so that several processes can share it. A file above 1 MiB becomes `….1`
/// when it is opened.
struct FileLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let descriptor: Int32

    init(path: String) {
        Paths.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        var facts = stat()
        if stat(path, &facts) == 0, facts.st_size > 1_048_576 { rename(path, path + ".1") }
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard descriptor >= 0 else { return }
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let facts = fields.map { " \($0.key)=\($0.value)" }.joined()
        let text = "\(event.message)\(facts)".replacing("\n", with: " ")
        let line = Array("\(Timestamp.now) \(getpid()) \(event.level) \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
