import Glibc

/// A file that is written under another name, and takes its own only when it is whole and on disk.
/// Without `commit` it leaves nothing behind.
struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32

    init(path: String) throws(GGUFError) {
        self.path = path
        let suffix = UInt32.random(in: 0 ... .max)
        temporaryPath = "\(path).\(getpid())-\(suffix).tmp"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .cannotWrite(path: path, reason: systemReason(advice: "choose another place or make room"))
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    mutating func append(_ bytes: [UInt8]) throws(GGUFError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotWrite(path: path, reason: systemReason(advice: "choose another place or make room"))
            }
            written += count
        }
    }

    /// Flushes the file to disk and renames it.
    mutating func commit() throws(GGUFError) {
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
            throw .cannotWrite(path: path, reason: systemReason(advice: "choose another place or make room"))
        }
        close(descriptor)
        descriptor = -1
        // The new name itself is on disk once the folder is; a file system that cannot flush folders is left alone.
        let end = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let folder = open(end == path.startIndex ? "." : String(path[..<end]), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
