import Glibc

/// What a person waits for and what a reply needs: real processes of this program, each `spa run` with a short question
/// and one token.
struct StartUpMeasurement {
    /// From the start of the process to the first token on its standard output, milliseconds, each repeat.
    private(set) var milliseconds: [Double] = []
    /// The largest resident memory of any of the processes, bytes.
    private(set) var peakBytes = 0

    /// 20 tokens with the standard model's template.
    static let question = "Why is the sky blue? Explain to a child."

    /// Starts a process for each repeat, and one before to warm up.
    ///
    /// Call it while this process is still small: the system counts the memory of the process that starts another to the
    /// other's peak.
    init(_ settings: Settings, repeats: Int) throws(CommandFailure) {
        var arguments = ["/proc/self/exe", "run", "--plugin", "off", "--network", "off", "--temperature", "0"]
        arguments += ["--max-tokens", "1", "--model", settings.model, "--threads", "\(settings.threads)"]
        arguments.append(Self.question)
        for index in 0...repeats {
            let child = try ChildProcess.run(arguments)
            if index > 0 { milliseconds.append(child.firstByteMilliseconds) }
            peakBytes = max(peakBytes, child.peakBytes)
        }
    }
}

/// A process that was run to its end.
private struct ChildProcess {
    /// From its start to the first byte on its standard output.
    let firstByteMilliseconds: Double
    /// Its largest resident memory.
    let peakBytes: Int

    static func run(_ arguments: [String]) throws(CommandFailure) -> ChildProcess {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw failure(errno) }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO)
        var words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }

        let clock = ContinuousClock()
        let start = clock.now
        var process = pid_t()
        let status = posix_spawn(&process, arguments[0], &actions, nil, &words, environ)
        close(pipe[1])
        guard status == 0 else { throw failure(status) }
        var first: Double?
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(pipe[0], &buffer, buffer.count)
            if count > 0 {
                if first == nil { first = (clock.now - start).milliseconds }
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        var (exit, usage) = (Int32(0), rusage())
        while wait4(process, &exit, 0, &usage) < 0, errno == EINTR {}
        guard exit == 0, let first else {
            throw .engine(
                "the process of 'spa run' that is to be measured ended without an answer; its message is above")
        }
        return ChildProcess(firstByteMilliseconds: first, peakBytes: usage.ru_maxrss * 1024)
    }

    private static func failure(_ number: Int32) -> CommandFailure {
        .engine("cannot start a process to measure: \(String(cString: strerror(number)))")
    }
}

extension Duration {
    /// As a fraction of milliseconds.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}
