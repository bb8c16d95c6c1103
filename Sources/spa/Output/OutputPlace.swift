import Glibc
import SPAEngine

/// Where something long is to be written at its end: what would keep it from that is found before it begins.
enum OutputPlace {
    /// For a plugin: a new file, or one that a plugin of this program's is written over; never what the training reads.
    static func plugin(_ path: String, beside read: [String]) throws(CommandFailure) {
        guard !path.isEmpty else { throw .cannotWrite(path: "''", reason: "it is no name") }
        var facts = stat()
        if stat(path, &facts) == 0 {
            if facts.st_mode & S_IFMT == S_IFDIR { throw .cannotWrite(path: path, reason: "it is a folder") }
            for other in read {
                var of = stat()
                if stat(other, &of) == 0, (of.st_dev, of.st_ino) == (facts.st_dev, facts.st_ino) {
                    throw .cannotWrite(path: path, reason: "it is what the training reads")
                }
            }
            if facts.st_size > 0, (try? Plugin.load(path: path, for: nil)) == nil {
                throw .cannotWrite(path: path, reason: "it is there and is no plugin")
            }
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard stat(folder, &facts) == 0, access(folder, W_OK) == 0 else {
            throw .cannotWrite(path: path, reason: Files.systemReason())
        }
        if facts.st_mode & S_IFMT != S_IFDIR {
            throw .cannotWrite(path: path, reason: "\(folder) is no folder")
        }
    }

    /// For files in a folder, which is made where it is not there.
    static func folder(_ path: String) throws(CommandFailure) {
        guard !path.isEmpty else { throw .cannotWrite(path: "''", reason: "it is no name") }
        Paths.makeFolder(path, mode: 0o777)
        var facts = stat()
        guard stat(path, &facts) == 0, access(path, W_OK) == 0 else {
            throw .cannotWrite(path: path, reason: Files.systemReason())
        }
        if facts.st_mode & S_IFMT != S_IFDIR { throw .cannotWrite(path: path, reason: "it is no folder") }
    }
}
