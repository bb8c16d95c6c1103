import ChatUI
import Synchronization
import Terminal

/// What happens outside of the window's thread, in order, until that thread fetches it. Nothing is ever dropped.
final class EventQueue: Sendable {
    private struct Waiting {
        var events: [Event] = []
        var wakes = true
    }

    private let waiting = Mutex(Waiting())
    private let waker: TerminalWaker

    /// A queue that wakes the window.
    init(waker: TerminalWaker) { self.waker = waker }

    /// Adds an event, from any thread.
    func push(_ event: Event) {
        let wakes = waiting.withLock { waiting in
            waiting.events.append(event)
            // Where there is something already, the window has been woken and will find this too.
            return waiting.wakes && waiting.events.count == 1
        }
        if wakes { waker.wake() }
    }

    /// Takes everything.
    func drain() -> [Event] {
        waiting.withLock { waiting in
            defer { waiting.events = [] }
            return waiting.events
        }
    }

    /// Whether an event wakes the window. Not so while it comes back by itself in a moment: a thread that is woken for every
    /// token takes the processor from those that make the next one.
    func wakes(_ wakes: Bool) {
        let isLate = waiting.withLock { waiting in
            waiting.wakes = wakes
            return wakes && !waiting.events.isEmpty
        }
        if isLate { waker.wake() }
    }
}
