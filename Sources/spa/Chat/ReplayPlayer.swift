import ChatUI
import Dispatch
import Synchronization

/// Plays a trace: its lines as events, at the time at which they happened.
final class ReplayPlayer: Sendable {
    private struct Playing {
        var playback: TracePlayback
        /// Counts what was waited for; only the last one plays on.
        var timer = 0
    }

    private let playing: Mutex<Playing>
    private let events: EventQueue
    private let queue = DispatchQueue(label: "spa.replay", qos: .userInitiated)

    /// - Parameter speed: 2 plays twice as fast.
    init(_ trace: Trace, speed: Double, events: EventQueue) {
        playing = Mutex(Playing(playback: TracePlayback(trace, speed: speed, at: Self.now)))
        self.events = events
    }

    /// Begins to play.
    func start() { queue.async { [self] in play() } }

    /// Pauses, goes on, changes the speed, or jumps.
    func perform(_ request: ReplayRequest) {
        queue.async { [self] in
            let jump = playing.withLock { $0.playback.perform(request, at: Self.now) }
            if let jump { events.push(.replayJumped(Array(jump))) }
            play()
        }
    }

    /// Pushes every line whose time has come, and comes back for the next one.
    private func play() {
        let (lines, isOver, wait, timer) = playing.withLock { playing in
            let lines = playing.playback.take(at: Self.now)
            playing.timer += 1
            return (lines, playing.playback.isOver, playing.playback.wait(at: Self.now), playing.timer)
        }
        for line in lines { events.push(.replayed(line)) }
        if isOver, !lines.isEmpty { events.push(.notice("The replay is over: ← goes back, Ctrl-D leaves it.")) }
        guard let wait else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(wait.rounded(.up)))) { [weak self] in
            guard let self, playing.withLock({ $0.timer }) == timer else { return }
            play()
        }
    }

    private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e6 }
}
