import ChatUI
import Dispatch
import Synchronization

/// Plays a trace: its lines as events, at the time at which they happened.
final class ReplayPlayer: Sendable {
    private let lines: [TraceLine]
    private let speed: Double
    private let events: EventQueue
    private let queue = DispatchQueue(label: "spa.replay", qos: .userInitiated)

    /// - Parameter speed: 2 plays twice as fast.
    init(_ trace: Trace, speed: Double, events: EventQueue) {
        lines = trace.lines
        self.speed = speed
        self.events = events
    }

    /// Begins to play.
    func start() { play(from: 0, since: .now()) }

    /// Pushes every line whose time has come, and comes back for the next one.
    private func play(from first: Int, since start: DispatchTime) {
        guard first < lines.count else {
            events.push(.notice("The replay is over; Ctrl-D leaves it."))
            return
        }
        queue.asyncAfter(deadline: start + .milliseconds(Int(lines[first].at / speed))) { [weak self] in
            guard let self else { return }
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e6
            var next = first
            repeat {
                events.push(.replayed(lines[next]))
                next += 1
            } while next < lines.count && lines[next].at / speed <= elapsed
            play(from: next, since: start)
        }
    }
}
