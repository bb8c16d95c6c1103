import Glibc
import Synchronization

/// A program that runs beside this one and writes lines; its errors go to this program's standard error.
final class ChildProcess: Sendable {
    private let identifier: pid_t
    private let output: Int32
    /// Once it has been waited for, its number may be another process's.
    private let isThere = Mutex(true)

    /// Starts it.
    /// - Parameter arguments: the program, looked up in `$PATH` unless it is a path, and what follows it.
    /// - Throws: `CommandFailure.engine` where it cannot be started.
    init(_ arguments: [String]) throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .engine("no pipe for \(arguments.first ?? "") (\(Files.systemReason()))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C in an editor that has the terminal is not for it. And no signal blocked, as those are on
        // the threads of a dispatch queue.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let result = posix_spawnp(&identifier, arguments.first ?? "", &actions, &attributes, words, environ)
        close(ends[1])
        guard result == 0 else {
            close(ends[0])
            throw .engine("\(arguments.first ?? "") cannot be started (\(String(cString: strerror(result))))")
        }
        self.identifier = identifier
        output = ends[0]
    }

    /// What is known of a process that has ended.
    struct End {
        /// The exit status; 128 + n where a signal n ended it.
        let status: Int32
        /// Its largest resident memory.
        let peakBytes: Int
    }

    /// Reads its output until it ends. Blocks; call it once.
    func run(_ bytes: (ArraySlice<UInt8>) -> Void) -> End {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes(buffer.prefix(count))
        }
        close(output)
        var ended = siginfo_t()
        while waitid(P_PID, id_t(identifier), &ended, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        var (status, usage) = (Int32(0), rusage())
        isThere.withLock { isThere in
            while wait4(identifier, &status, 0, &usage) < 0, errno == EINTR {}
            isThere = false
        }
        let signal = status & 0x7f
        return End(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, peakBytes: usage.ru_maxrss * 1024)
    }

    /// Reads the lines of its output until it ends.
    func runLines(_ line: (String) -> Void) -> End {
        var pending: [UInt8] = []
        return run { bytes in
            pending += bytes
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                line(String(decoding: pending[..<end], as: UTF8.self))
                pending.removeSubrange(...end)
            }
        }
    }

    /// Ends it at once, where it has not ended.
    func kill() { isThere.withLock { if $0 { _ = Glibc.kill(identifier, SIGKILL) } } }
}
