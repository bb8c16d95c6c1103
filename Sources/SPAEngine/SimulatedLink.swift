import Compute
import Synchronization

/// A slower network around another link: each way takes rtt/2 ± jitter, a round trip more for every loss, and
/// bytes / bandwidth (Eq. 4, arXiv 2403.07088). It really waits, and stops waiting at once when interrupted.
public final class SimulatedLink: Link {
    private struct State {
        var profile: NetworkProfile?
        var random: SeededRandom
        /// How much longer than asked for the waits have been so far: the next wait makes up for it.
        var late = 0.0
    }
    private let inner: any Link
    private let clock: any LinkClock
    private let state: Mutex<State>

    /// A network around `inner`; the same seed gives the same delays. Without a profile the inner link is bare.
    public init(
        around inner: any Link, profile: NetworkProfile? = nil, seed: UInt64 = 0, clock: any LinkClock = SystemClock()
    ) {
        self.inner = inner
        self.clock = clock
        state = Mutex(State(profile: profile, random: SeededRandom(seed: profile?.seed ?? seed)))
    }

    /// The network, nil for none. A change is felt from the next exchange on; a seed begins its delays anew. Where there
    /// is no link nobody may ask, so `offline` changes nothing here.
    public var profile: NetworkProfile? {
        get { state.withLock { $0.profile } }
        set {
            guard newValue?.isOffline != true else { return }
            state.withLock { state in
                if let seed = newValue?.seed, seed != state.profile?.seed { state.random = SeededRandom(seed: seed) }
                state.profile = newValue
            }
        }
    }

    /// Waits the way down, exchanges over the inner link, waits the way up. Simulated times add to measured ones. At the
    /// deadline the waiting ends, wherever the frames are.
    public func exchange<Question: LinkQuestion>(
        _ question: Question, interruption: Interruption, deadline: Double?
    ) throws(EngineError) -> LinkOutcome<Question.Answer> {
        guard let profile else {
            return try inner.exchange(question, interruption: interruption, deadline: deadline)
        }
        var cost = ExchangeCost(transmissions: 1, bytesDown: question.byteCount, simulated: true)
        let down = delay(bytes: question.byteCount, profile)
        var left = deadline ?? .infinity
        cost.downlinkMilliseconds = min(down, left)
        guard wait(cost.downlinkMilliseconds, interruption) else { return .interrupted }
        guard down <= left else { return .late(cost) }
        left -= down

        let exchange: LinkExchange<Question.Answer>
        switch try inner.exchange(
            question, interruption: interruption, deadline: deadline == nil ? nil : left)
        {
        case .answered(let found): exchange = found
        case .late(var inside):
            inside.downlinkMilliseconds += down
            inside.simulated = true
            return .late(inside)
        case .interrupted: return .interrupted
        }
        cost.downlinkMilliseconds += exchange.cost.downlinkMilliseconds
        cost.deviceMilliseconds = exchange.cost.deviceMilliseconds
        cost.uplinkMilliseconds = exchange.cost.uplinkMilliseconds
        cost.bytesUp = exchange.cost.bytesUp
        left -= cost.deviceMilliseconds + exchange.cost.networkMilliseconds

        let up = delay(bytes: cost.bytesUp, profile)
        let waited = min(up, max(0, left))
        guard wait(waited, interruption) else { return .interrupted }
        cost.uplinkMilliseconds += waited
        return up <= left ? .answered(LinkExchange(reply: exchange.reply, cost: cost)) : .late(cost)
    }

    /// Waits so long that all waits together are as long as they should be: a system's timers are late by a tenth of a
    /// millisecond, which on a fast network is as much as the delay.
    private func wait(_ delay: Double, _ interruption: Interruption) -> Bool {
        let start = clock.now()
        let rest = delay - state.withLock { $0.late }
        guard clock.wait(milliseconds: max(0, rest), interruption: interruption) else { return false }
        let late = clock.now() - start - rest
        // A stopped process is not made up for.
        state.withLock { $0.late = min(late, 2) }
        return true
    }

    /// One way, in milliseconds.
    private func delay(bytes: Int, _ profile: NetworkProfile) -> Double {
        state.withLock { state in
            var delay = profile.roundTripMilliseconds / 2 + profile.transferMilliseconds(bytes: bytes)
            delay += profile.jitterMilliseconds * Double(2 * state.random.uniform() - 1)
            while Double(state.random.uniform()) < min(profile.loss, 0.99) { delay += profile.roundTripMilliseconds }
            return max(0, delay)
        }
    }
}
