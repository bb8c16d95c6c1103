import ChatUI
import Synchronization
import Terminal

/// What happens outside of the window's thread, in order, until that thread fetches it. Nothing is ever dropped.
final class EventQueue: Sendable {
    private let events = Mutex<[Event]>([])
    private let waker: TerminalWaker

    /// A queue that wakes the window.
    init(waker: TerminalWaker) { self.waker = waker }

    /// Adds an event, from any thread.
    func push(_ event: Event) {
        let wasEmpty = events.withLock { events in
            events.append(event)
            return events.count == 1
        }
        // Where there is something already, the window has been woken and will find this too.
        if wasEmpty { waker.wake() }
    }

    /// Takes everything.
    func drain() -> [Event] {
        events.withLock { events in
            let all = events
            events = []
            return all
        }
    }
}
