import Compute
import SPAEngine
import Synchronization
import Testing

/// Frames, links and the ledger, in virtual time.
@Suite struct LinkTests {
    private func state(sequence: UInt32 = 7, position: UInt32 = 3, taps: Int = 2, width: Int = 16) -> StateFrame {
        var random = SeededRandom(seed: UInt64(sequence))
        func vector() -> Matrix {
            Matrix(rows: 1, columns: width, values: (0..<width).map { _ in Float(random.uniform() * 4 - 2) })
        }
        return StateFrame(
            sequence: sequence, position: position, taps: (0..<taps).map { _ in vector() }, final: vector())
    }

    /// Answers with the position times ten.
    private let device = ScriptedDevice { frame throws(EngineError) in
        TokenFrame(sequence: frame.sequence, token: Int32(frame.position) * 10, deviceMicroseconds: 5)
    }

    @Test func stateFramesSurviveTheWire() throws {
        for taps in [0, 1, 10] {
            let frame = state(taps: taps, width: 33)
            let bytes = frame.encoded()
            #expect(bytes.count == frame.byteCount && bytes.count == 20 + (taps + 1) * 33 * 2)
            let read = try StateFrame(decoding: bytes)
            #expect(read == frame && read.tapCount == taps && read.taps.count == taps)
            #expect(read.final.columns == 33 && read.final.rows == 1)
        }
    }

    @Test func statesAreRoundedToHalves() {
        let values: [Float] = [1, -0.3333, 23.9, 0]
        let frame = StateFrame(
            sequence: 0, position: 0, taps: [], final: Matrix(rows: 1, columns: 4, values: values))
        #expect(frame.final.values == values.map { Float(Float16($0)) })
    }

    @Test func theLayoutIsFixed() throws {
        let frame = StateFrame(
            sequence: 0x0102, position: 9, taps: [], final: Matrix(rows: 1, columns: 2, values: [1, -2]))
        let expected: [UInt8] = [83, 80, 65, 70, 1, 1, 1, 0, 2, 0, 0, 0, 2, 1, 0, 0, 9, 0, 0, 0, 0, 0x3C, 0, 0xC0]
        #expect(frame.encoded() == expected)
        let token = TokenFrame(sequence: 3, token: -2, deviceMicroseconds: 256)
        #expect(
            token.encoded() == [83, 80, 65, 70, 1, 2, 0, 0, 3, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0])
        #expect(try TokenFrame(decoding: token.encoded()) == token)
        #expect(token.encoded().count == TokenFrame.byteCount)
    }

    @Test func brokenFramesAreRefused() {
        let good = state().encoded()
        func refused(_ change: (inout [UInt8]) -> Void) -> Bool {
            var bytes = good
            change(&bytes)
            do {
                _ = try StateFrame(decoding: bytes)
                return false
            } catch { return true }
        }
        #expect(refused { $0[0] = 0 })
        #expect(refused { $0[4] = 2 })
        #expect(refused { $0[5] = 2 })
        #expect(refused { $0[6] = 0 })
        #expect(refused { $0[11] = 0xFF })
        #expect(refused { $0.append(0) })
        #expect(refused { ($0[20], $0[21]) = (0, 0x7C) })
        for count in 0..<good.count { #expect(refused { $0 = Array($0.prefix(count)) }) }
        #expect(
            throws: EngineError.badFrame(problem: "version 9, this program speaks 1")
        ) { try TokenFrame(decoding: [83, 80, 65, 70, 9, 2]) }
    }

    @Test func decodersTakeAnyBytes() throws {
        let frames = [state().encoded(), TokenFrame(sequence: 1, token: 2, deviceMicroseconds: 3).encoded()]
        decodeDamaged(frames, as: [StateFrame.self, TokenFrame.self], seed: 11)
    }

    @Test func theInProcessLinkReallyExchanges() throws {
        let link = InProcessLink(clock: VirtualClock(), device: device)
        let request = state()
        let exchange = try #require(try link.exchange(request, interruption: Interruption()))
        #expect(exchange.reply.token == 30 && exchange.cost.transmissions == 1 && !exchange.cost.simulated)
        #expect(exchange.cost.bytesDown == request.byteCount && exchange.cost.bytesUp == TokenFrame.byteCount)
        #expect(exchange.cost.networkMilliseconds == 0)
        let stopped = Interruption()
        stopped.raise()
        #expect(try link.exchange(request, interruption: stopped) == nil)
        let liar = InProcessLink(
            device: ScriptedDevice { _ throws(EngineError) in
                TokenFrame(sequence: 99, token: 1, deviceMicroseconds: 0)
            })
        #expect(throws: EngineError.badFrame(problem: "it answers exchange 99 instead of 7")) {
            try liar.exchange(request, interruption: Interruption())
        }
        let broken = InProcessLink(
            device: ScriptedDevice { _ throws(EngineError) in throw .badFrame(problem: "device") })
        #expect(throws: EngineError.badFrame(problem: "device")) {
            try broken.exchange(request, interruption: Interruption())
        }
    }

    private func simulated(_ profile: NetworkProfile?, clock: VirtualClock, seed: UInt64 = 1) -> SimulatedLink {
        SimulatedLink(
            around: InProcessLink(clock: clock, device: device), profile: profile,
            seed: seed, clock: clock)
    }

    @Test func delaysFollowEquationFour() throws {
        let clock = VirtualClock()
        var profile = NetworkProfile.mobile
        profile.jitterMilliseconds = 0
        let link = simulated(profile, clock: clock)
        let exchange = try #require(try link.exchange(state(), interruption: Interruption())).cost
        let (down, up) = (Double(exchange.bytesDown), Double(exchange.bytesUp))
        #expect(abs(exchange.downlinkMilliseconds - (25 + down * 8 / 20_000)) < 1e-9)
        #expect(abs(exchange.uplinkMilliseconds - (25 + up * 8 / 20_000)) < 1e-9)
        #expect(exchange.simulated)
        #expect(abs(clock.now() - profile.expectedMilliseconds(bytes: Int(down + up))) < 1e-9)
    }

    @Test(arguments: NetworkProfile.presets + [NetworkProfile(roundTripMilliseconds: 80, loss: 0.1)])
    func manyExchangesTakeTheExpectedTime(profile: NetworkProfile) throws {
        let clock = VirtualClock()
        let link = simulated(profile, clock: clock)
        var ledger = Ledger()
        for index in 0..<4000 {
            let exchange = try #require(try link.exchange(state(), interruption: Interruption())).cost
            let times = PartTimes(uplink: exchange.uplinkMilliseconds, downlink: exchange.downlinkMilliseconds)
            ledger.record(
                TokenEvent(
                    index: index, id: 1, bytes: [], path: .side, probability: 1, effect: nil, threshold: 0.5,
                    price: 0, milliseconds: times, transmissions: 1, simulated: true, bytesUp: exchange.bytesUp,
                    bytesDown: exchange.bytesDown))
        }
        let expected = ledger.expectedNetworkMilliseconds(profile)
        #expect(abs(ledger.milliseconds.network - clock.now()) < 1e-6 * clock.now())
        #expect(abs(clock.now() / expected - 1) < 0.02)
    }

    @Test func delaysAreSeeded() throws {
        func run(_ seed: UInt64) throws -> Double {
            let clock = VirtualClock()
            let link = simulated(.mobile, clock: clock, seed: seed)
            for _ in 0..<10 { _ = try link.exchange(state(), interruption: Interruption()) }
            return clock.now()
        }
        #expect(try run(1) == run(1))
        #expect(try run(1) != run(2))
    }

    @Test func lateTimersAreMadeUpFor() throws {
        let clock = LateClock(by: 0.2)
        let link = SimulatedLink(
            around: InProcessLink(clock: clock, device: device),
            profile: NetworkProfile(roundTripMilliseconds: 1), clock: clock)
        for _ in 0..<100 {
            let exchange = try #require(try link.exchange(state(), interruption: Interruption())).cost
            #expect(exchange.downlinkMilliseconds == 0.5 && exchange.uplinkMilliseconds == 0.5)
        }
        #expect(abs(clock.now() - 100) < 0.3)
    }

    @Test func theProfileMayChangeBetweenExchanges() throws {
        let clock = VirtualClock()
        let link = simulated(nil, clock: clock)
        let request = state()
        #expect(try link.exchange(request, interruption: Interruption())?.cost.simulated == false)
        link.profile = .satellite
        #expect(try link.exchange(request, interruption: Interruption())?.cost.simulated == true)
        #expect(clock.now() > 500)
        link.profile = nil
        let time = clock.now()
        #expect(try link.exchange(request, interruption: Interruption())?.cost.simulated == false)
        #expect(clock.now() == time)
    }

    @Test func anInterruptionEndsTheWayDownAndTheWayUp() throws {
        for ending in 1...2 {
            let interruption = Interruption()
            let waits = Mutex(0)
            let clock = VirtualClock { _ in
                if waits.withLock({
                    $0 += 1; return $0
                }) == ending {
                    interruption.raise()
                }
            }
            let asked = Mutex(0)
            let link = SimulatedLink(
                around: InProcessLink(
                    clock: clock,
                    device: ScriptedDevice { frame throws(EngineError) in
                        asked.withLock { $0 += 1 }
                        return try device.serve(frame)
                    }), profile: .satellite, clock: clock)
            #expect(try link.exchange(state(), interruption: interruption) == nil)
            #expect(waits.withLock { $0 } == ending && asked.withLock { $0 } == ending - 1)
        }
    }

    @Test func theSystemClockReallyWaitsAndStopsAtOnce() async {
        let clock = SystemClock()
        let start = clock.now()
        #expect(clock.wait(milliseconds: 2, interruption: Interruption()))
        #expect(clock.now() - start >= 2)
        // An hour, unless raised: the test ends because the wait does.
        let interruption = Interruption()
        async let waited = Task.detached { clock.wait(milliseconds: 3.6e6, interruption: interruption) }.value
        interruption.raise()
        #expect(await waited == false)
        #expect(!clock.wait(milliseconds: 3.6e6, interruption: interruption))
    }

    @Test func ledgersAddUp() {
        func event(_ index: Int, _ path: TokenPath) -> TokenEvent {
            let times = PartTimes(
                base: 10, device: path == .side ? 2 : 0, uplink: path == .side ? 1 : 0,
                downlink: path == .side ? 3 : 0, total: path == .side ? 16 : 10)
            return TokenEvent(
                index: index, id: 5, bytes: [65], path: path, probability: 0.4, effect: 0.1, threshold: 0.5, price: 0,
                milliseconds: times, transmissions: path == .side ? 1 : 0, bytesUp: path == .side ? 20 : 0,
                bytesDown: path == .side ? 100 : 0)
        }
        var ledger = Ledger()
        #expect(ledger.usagePercent == 0 && ledger.expectedNetworkMilliseconds(.satellite) == 0)
        for index in 0..<8 { ledger.record(event(index, index < 2 ? .side : .base)) }
        #expect(ledger.tokens == 8 && ledger.sideTokens == 2 && ledger.transmissions == 2)
        #expect(ledger.usagePercent == 25 && ledger.bytesUp == 40 && ledger.bytesDown == 200)
        #expect(ledger.milliseconds == PartTimes(base: 80, device: 4, uplink: 2, downlink: 6, total: 92))
        let profile = NetworkProfile(roundTripMilliseconds: 10, bitsPerSecond: 8000)
        #expect(ledger.expectedNetworkMilliseconds(profile) == 2 * 10 + 240)
        var session = ledger
        session.add(ledger)
        #expect(session.tokens == 16 && session.usagePercent == 25 && session.milliseconds.total == 184)
    }
}

/// A device that answers what a test says.
private struct ScriptedDevice: LinkDevice {
    private let answer: @Sendable (StateFrame) throws(EngineError) -> TokenFrame

    init(_ answer: @escaping @Sendable (StateFrame) throws(EngineError) -> TokenFrame) { self.answer = answer }

    func serve(_ frame: StateFrame) throws(EngineError) -> TokenFrame { try answer(frame) }
}

/// Virtual time whose waits are too long.
private final class LateClock: LinkClock {
    private let time = Mutex(0.0)
    private let late: Double

    init(by late: Double) { self.late = late }

    func now() -> Double { time.withLock { $0 } }

    func wait(milliseconds: Double, interruption: Interruption) -> Bool {
        time.withLock { $0 += milliseconds + late }
        return true
    }
}
