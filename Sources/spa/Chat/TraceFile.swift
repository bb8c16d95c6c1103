import ChatUI
import Glibc

/// A trace that is being recorded, written as things happen.
struct TraceFile {
    let path: String
    private let descriptor: Int32
    private var recorder: TraceRecorder

    /// Begins a trace in a new file.
    init(path: String, _ state: State) throws(CommandFailure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotWrite(path: path, reason: Files.systemReason())
        }
        self.path = path
        recorder = TraceRecorder(state)
        try write(recorder.beginning(state))
    }

    /// Writes what an event and its effects were.
    mutating func record(_ event: Event, _ effects: [Effect], _ state: State) throws(CommandFailure) {
        try write(recorder.lines(of: event, effects, state))
    }

    /// Ends the trace.
    func close() { Glibc.close(descriptor) }

    private func write(_ lines: [TraceLine]) throws(CommandFailure) {
        if lines.isEmpty { return }
        if !Files.write(Array(Trace.text(of: lines).utf8), to: descriptor) {
            throw .cannotWrite(path: path, reason: Files.systemReason())
        }
    }
}
