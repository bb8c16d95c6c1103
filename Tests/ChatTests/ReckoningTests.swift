import Chat
import Testing

/// What crossed, other networks, stretches, and where answers part.
@Suite struct ReckoningTests {
    private func token(
        _ index: Int, _ path: TokenPath, id: Int32 = 0, network: Double = 0, fallback: TokenFallback? = nil
    ) -> TokenRecord {
        let crossed = path == .side || fallback == .deadline
        return TokenRecord(
            index: index, id: id, bytes: [65], path: path,
            milliseconds: PartTimes(base: 6, device: crossed ? 1 : 0, uplink: network / 2, downlink: network / 2),
            bytesUp: crossed ? 20 : 0, bytesDown: crossed ? 980 : 0, transmissions: crossed ? 1 : 0,
            fallback: fallback)
    }

    private func reply(_ tokens: [TokenRecord], first: Double? = nil) -> Reply {
        var reply = Reply()
        for token in tokens { reply.append(token) }
        reply.firstTokenMilliseconds = first
        reply.end(.endOfTurn)
        return reply
    }

    @Test func bytesAndFallbacksAddUp() {
        let tokens = [
            token(0, .base), token(1, .side), token(2, .side), token(3, .base, fallback: .deadline),
            token(4, .base, fallback: .offline),
        ]
        let crossing = Crossing([reply(tokens)])
        #expect(crossing.tokens == 5 && crossing.exchanges == 3 && crossing.crossed == 3)
        #expect(crossing.bytesDown == 2940 && crossing.bytesUp == 60 && crossing.bytesPerToken == 600)
        #expect(crossing.missed.late == 1 && crossing.missed.offline == 1)
        #expect(Crossing([]).bytesPerToken == nil)
    }

    /// What reading a question took is in the sums, and in no token's share; on another network it has that one's times.
    @Test func questionsCrossToo() {
        let figures = NetworkFigures(roundTripMilliseconds: 50, bitsPerSecond: 8e6)
        var read = reply([token(0, .side, network: 51), token(1, .side, network: 51)], first: 1000)
        read.promptExchanges = PromptExchanges(
            transmissions: 4, bytesUp: 2000, bytesDown: 6000, networkMilliseconds: 208, simulated: true)
        let crossing = Crossing([read, reply([token(0, .base)])])
        #expect(crossing.exchanges == 6 && crossing.bytesDown == 7960 && crossing.bytesUp == 2040)
        #expect(crossing.promptBytes == 8000 && crossing.tokens == 3 && crossing.crossed == 2)
        #expect(abs((crossing.bytesPerToken ?? 0) - 2000.0 / 3) < 1e-9)
        #expect(abs((Retiming(read, on: figures).firstTokenMilliseconds ?? 0) - 1000) < 1e-9)
        #expect(abs((Retiming(read, on: nil).firstTokenMilliseconds ?? 0) - (1000 - 208 - 51)) < 1e-9)
    }

    /// No link is always simulated, a late answer only where its network is.
    @Test func missedTokensSayWhetherTheirReasonWasSimulated() {
        #expect(reply([token(0, .base), token(1, .side)]).missed == MissedTokens())
        let late = reply([token(0, .base, fallback: .deadline), token(1, .base, fallback: .deadline)]).missed
        #expect(late.late == 2 && late.count == 2 && !late.isSimulated)
        var slow = token(0, .base, fallback: .deadline)
        slow.simulated = true
        #expect(reply([slow]).missed.isSimulated)
        let offline = reply([token(0, .base, fallback: .offline)]).missed
        #expect(offline.offline == 1 && offline.isSimulated && offline.words == "1 without a link (simulated)")
        #expect(late.words == "2 too late" && MissedTokens().words == nil)
    }

    /// On the network that it had without chance in it, an answer has the times that it had; without one, the computing.
    @Test func theNetworkItHadGivesTheTimesItHad() throws {
        let figures = NetworkFigures(roundTripMilliseconds: 50, bitsPerSecond: 8e6)
        let network = 50 + 1000 * 8 / 8000.0
        let reply = reply(
            [token(0, .side, network: network), token(1, .base), token(2, .side, network: network)], first: 200)
        let same = Retiming(reply, on: figures)
        let metrics = Metrics(reply)
        #expect(same.medianMilliseconds == metrics.medianMilliseconds)
        #expect(abs(same.totalMilliseconds - metrics.sums.total) < 1e-9)
        #expect(abs((same.tokensPerSecond ?? 0) - (metrics.tokensPerSecond ?? 1)) < 1e-9)
        #expect(abs((same.firstTokenMilliseconds ?? 0) - 200) < 1e-9)
        let off = Retiming(reply, on: nil)
        #expect(off.totalMilliseconds == 20 && abs((off.firstTokenMilliseconds ?? 0) - (200 - network)) < 1e-9)
        // A deadline bounds what one token waits for the side, its computing included.
        #expect(Retiming(reply, on: figures, deadline: 10).totalMilliseconds == 6 + 10 + 6 + 6 + 10)
        #expect(Retiming(Reply(), on: figures) == Retiming(Reply(), on: nil))
    }

    @Test func slowerNetworksAreNeverFaster() {
        let reply = reply((0..<30).map { token($0, $0 % 3 == 0 ? .side : .base) }, first: 90)
        let totals = NetworkFigures.presets.map { Retiming(reply, on: $0.figures).totalMilliseconds }
        #expect(totals == totals.sorted() && totals[0] > Retiming(reply, on: nil).totalMilliseconds)
    }

    @Test func stretchesCoverAnAnswer() {
        let reply = reply((0..<10).map { token($0, $0 < 4 ? .side : .base) })
        #expect(reply.sideShares(stretches: 5) == [1, 1, 0, 0, 0])
        #expect(reply.sideShares(stretches: 1) == [0.4])
        #expect(reply.sideShares(stretches: 99).count == 10 && reply.sideShares(stretches: 0) == [])
        for count in 1...10 {
            let shares = reply.sideShares(stretches: count)
            #expect(shares.count == count && shares.allSatisfy { (0...1).contains($0) })
        }
        #expect(Reply().sideShares(stretches: 4) == [])
    }

    @Test func answersPartAtTheFirstTokenThatDiffers() {
        var comparison = Comparison(ComparisonQuestion(run: 1, messages: []))
        func add(_ ids: [Int32], _ column: ComparisonColumn) {
            for id in ids { comparison.append(token(0, .base, id: id), to: column) }
        }
        #expect(comparison.current == .base && comparison.divergence(.base) == nil)
        add([1, 2, 3, 4], .base)
        comparison.end(.base, .endOfTurn)
        add([1, 2], .side)
        #expect(comparison.current == .side && comparison.divergence(.side) == nil)
        add([9], .side)
        #expect(comparison.divergence(.side) == 2 && comparison.divergence(.base) == 2)
        comparison.end(.side, .endOfTurn)
        add([1, 2, 3], .gated)
        #expect(comparison.divergence(.gated) == nil)
        // A text that ends before the base's differs where it ends.
        comparison.end(.gated, .length)
        #expect(comparison.divergence(.gated) == 3 && !comparison.isRunning && comparison.current == nil)
    }
}
