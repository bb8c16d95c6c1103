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
                ? systemReason()
                : facts.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "no permission"
            throw .cannotRead(path: path, reason: reason)
        }
    }

    /// Writes a file whole or not at all: under another name, which becomes its own when all of it is on the disk.
    /// - Parameter isPrivate: nobody but its owner may read it, whatever the umask.
    static func write(_ text: String, to path: String, isPrivate: Bool = false) throws(CommandFailure) {
        var facts = stat()
        if stat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG {
            throw .cannotWrite(path: path, reason: "it is no file")
        }
        let part = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate ? 0o600 : 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
        if isPrivate { fchmod(descriptor, 0o600) }
        guard write(Array(text.utf8), to: descriptor), fsync(descriptor) == 0, rename(part, path) == 0 else {
            let reason = systemReason()
            close(descriptor)
            unlink(part)
            throw .cannotWrite(path: path, reason: reason)
        }
        close(descriptor)
    }

    /// Writes all bytes to an open file; false where that does not work, and `errno` says why.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// What `errno` says, for the middle of a sentence.
    static func systemReason() -> String { String(cString: strerror(errno)).lowercased() }

    /// A path with a leading `~/` written out, as a shell does where the path stands alone.
    static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst(1)
    }
}
