import SPAEngine
import TestSupport
import Testing

/// The network's part of the paper's Table 2: the formula, and real exchanges in virtual time.
@Suite struct PaperScaleTests {
    @Test(arguments: [
        (Method.lora, 1.0, 6.39), (.adapter, 1, 12.56), (.lst, 1, 0.308), (.integration, 1, 0.308), (.spa, 0.62, 0.191),
    ])
    func theFormulaGivesTheTable(method: Method, usage: Double, seconds: Double) {
        let found = PaperScale.formula(method).milliseconds(tokens: 50, usage: usage, over: PaperScale.network) / 1000
        #expect(abs(found - seconds) < 0.005 * seconds, "\(found)")
    }

    @Test(arguments: [Method.lora, .adapter, .lst]) func realExchangesTakeThePapersTime(method: Method) throws {
        let ledger = try PaperScale.run(method)
        let published = try #require(PaperScale.publishedSeconds(method))
        #expect(abs(ledger.milliseconds.network / 1000 / published - 1) < 0.02)
        let formula = PaperScale.formula(method)
        #expect(ledger.tokens == 50 && ledger.usagePercent == 100 && ledger.simulated)
        #expect(ledger.transmissions == 50 * formula.exchangesPerToken)
        #expect(ledger.bytesUp + ledger.bytesDown == ledger.transmissions * formula.bytesPerExchange)
        let expected = formula.milliseconds(tokens: 50, over: PaperScale.network)
        #expect(abs(ledger.milliseconds.network - expected) < 1e-6 * expected)
    }

    /// 0.62 of the tokens take 0.191 s; the paper's 0.18 s need a usage of 0.58.
    @Test(arguments: [(0.62, 0.191), (0.58, 0.179), (0, 0), (1, 0.308)])
    func spaTakesItsUsageOfLST(usage: Double, seconds: Double) throws {
        let ledger = try PaperScale.run(.spa, usage: usage)
        #expect(abs(ledger.usagePercent - 100 * usage) < 1e-9)
        #expect(abs(ledger.milliseconds.network / 1000 - seconds) < 0.001)
        #expect(ledger.transmissions == ledger.sideTokens)
    }

    @Test func theDeviceHoldsWhatSamples() throws {
        let fixture = try GenerationFixture()
        let spa = DeviceMemory(fixture.plugin(), base: fixture.base)
        let parameters = fixture.plugin().part.parameterCount
        #expect(spa.plugin > 2 * parameters && spa.plugin < 2 * parameters + 400 && spa.cache == 0)
        #expect(spa.head > fixture.base.configuration.vocabularySize * 64 && spa.total == spa.plugin + spa.head)
        let lora = DeviceMemory(fixture.plugin(inBlocks: .lora), base: fixture.base)
        #expect(lora.head == 0 && lora.total == 2 * fixture.plugin(inBlocks: .lora).parameterCount)
        let paper = DeviceMemory(
            .spa, trainedParameters: 1_000_000, width: PaperScale.width, vocabularySize: PaperScale.vocabularySize)
        #expect(paper.plugin == 2_000_000 && paper.head == 2 * 32_001 * 4096)
    }

    @Test func aSkippingClockWaitsNotAndCountsAll() {
        let clock = SkippingClock()
        let start = clock.now()
        #expect(clock.wait(milliseconds: 3.6e6, interruption: Interruption()))
        #expect(clock.now() - start >= 3.6e6)
        let stopped = Interruption()
        stopped.raise()
        #expect(!clock.wait(milliseconds: 1, interruption: stopped))
    }
}
