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
            let clock = ContinuousClock()
            let start = clock.now
            var first: Double?
            let end = try ChildProcess(arguments).run { _ in first = first ?? (clock.now - start).milliseconds }
            guard end.status == 0, let first else {
                throw .engine(
                    "the process of 'spa run' that is to be measured ended without an answer; its message is above")
            }
            if index > 0 { milliseconds.append(first) }
            peakBytes = max(peakBytes, end.peakBytes)
        }
    }
}

extension Duration {
    /// As a fraction of milliseconds.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}
