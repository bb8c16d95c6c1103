import Dispatch
import Synchronization

/// A way to end waits and replies from any thread, once and for all.
public final class Interruption: Sendable {
    private struct State {
        var raised = false
        var waiters: [Int: DispatchSemaphore] = [:]
        var next = 0
    }
    private let state = Mutex(State())

    /// Not raised.
    public init() {}

    /// Whether it has been raised.
    public var isRaised: Bool { state.withLock { $0.raised } }

    /// Ends every wait, now and later.
    public func raise() {
        let waiters = state.withLock { state in
            state.raised = true
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.signal() }
    }

    /// Sleeps; false, and at once, where it is or gets raised.
    public func sleep(milliseconds: Double) -> Bool {
        let semaphore = DispatchSemaphore(value: 0)
        let ticket: Int? = state.withLock { state in
            if state.raised { return nil }
            state.next += 1
            state.waiters[state.next] = semaphore
            return state.next
        }
        guard let ticket else { return false }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: ticket) } }
        let nanoseconds = Int(max(0, min(milliseconds, 1e9)) * 1e6)
        return semaphore.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .timedOut
    }
}

/// Time as a link sees it, so that tests need not wait for it.
public protocol LinkClock: Sendable {
    /// Milliseconds since some moment; never goes back.
    func now() -> Double
    /// Waits; false where the wait was ended before its time.
    func wait(milliseconds: Double, interruption: Interruption) -> Bool
}

/// The system's monotonic time.
public struct SystemClock: LinkClock {
    /// The clock.
    public init() {}

    /// Milliseconds of the system's monotonic clock.
    public func now() -> Double {
        Double(DispatchTime.now().uptimeNanoseconds) / 1e6
    }

    /// Waits in real time.
    public func wait(milliseconds: Double, interruption: Interruption) -> Bool {
        interruption.sleep(milliseconds: milliseconds)
    }
}

/// The system's time, in which waits pass at once: what is computed takes the time that it takes, and a simulated network
/// costs nothing but is in the account.
public final class SkippingClock: LinkClock {
    private let system = SystemClock()
    private let skipped = Mutex(0.0)

    /// The clock.
    public init() {}

    /// The system's time and all that was skipped.
    public func now() -> Double { system.now() + skipped.withLock { $0 } }

    /// Moves the time on, unless interrupted.
    public func wait(milliseconds: Double, interruption: Interruption) -> Bool {
        if interruption.isRaised { return false }
        skipped.withLock { $0 += max(0, milliseconds) }
        return true
    }
}

/// Time that passes by waiting only, and at once.
package final class VirtualClock: LinkClock {
    private let time = Mutex(0.0)
    private let onWait: @Sendable (Double) -> Void

    /// Starts at 0; `onWait` sees each wait before it passes.
    package init(onWait: @escaping @Sendable (Double) -> Void = { _ in }) {
        self.onWait = onWait
    }

    /// The sum of the waits.
    package func now() -> Double { time.withLock { $0 } }

    /// Moves the time on, unless interrupted.
    package func wait(milliseconds: Double, interruption: Interruption) -> Bool {
        onWait(milliseconds)
        if interruption.isRaised { return false }
        time.withLock { $0 += milliseconds }
        return true
    }
}
