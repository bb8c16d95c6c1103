import Compute
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing

/// The base with a plugin inside its blocks: against the definition in f64, and against the base.
@Suite struct BlockwisePathTests {
    let prompt: [Int32] = [1, 77, 30, 5, 200, 31, 8, 2, 99]

    private func fixture(
        _ type: GGMLType = .q8_0, _ precision: BaseModel.Precision = .fast, threads: Int = 1
    ) throws -> GenerationFixture {
        try GenerationFixture(type: type, precision: precision, threads: threads)
    }

    @Test(arguments: [Method.lora, .adapter], [BaseModel.Precision.fast, .reference])
    func anUntrainedPluginIsTheBaseToTheLastBit(method: Method, precision: BaseModel.Precision) throws {
        for threads in [1, 3] {
            let fixture = try fixture(.q4_1, precision, threads: threads)
            let base = fixture.base
            let long = (0..<150).map { Int32($0 * 11 % 300) }
            let plain = try base.forward(long, cache: base.makeCache(capacity: 150), taps: [1, 3], wanted: .all)
            let exchanges = try #require(
                try BlockExchanges(fixture.plugin(inBlocks: method, strength: 0), base: base))
            let adapted = try base.forward(
                long, cache: base.makeCache(capacity: 150), taps: [1, 3], wanted: .all, exchanges: exchanges)
            #expect(adapted.finals == plain.finals && adapted.taps == plain.taps)
        }
    }

    @Test(arguments: [Method.lora, .adapter]) func statesFollowTheDefinition(method: Method) throws {
        let fixture = try fixture(.f32, .reference)
        let base = fixture.base
        let plugin = fixture.plugin(inBlocks: method)
        let exchanges = try #require(try BlockExchanges(plugin, base: base))
        let states = try base.forward(
            prompt, cache: base.makeCache(capacity: 16), taps: [1], wanted: .all, exchanges: exchanges)
        var definition = Definition(file: try TinyModel.file(type: .f32), configuration: base.configuration)
        let plain = definition.run(prompt)
        definition.change = { block, site, states in Self.change(plugin.part, block, site, states) }
        let expected = definition.run(prompt)
        var (error, effect) = (0.0, 0.0)
        for row in prompt.indices {
            for (index, value) in states.taps[0].row(row).enumerated() {
                error = max(error, abs(Double(value) - expected.blocks[0][row][index]))
                effect = max(effect, abs(plain.blocks[0][row][index] - expected.blocks[0][row][index]))
            }
        }
        // Halves on the link.
        #expect(error < 0.005 && effect > 0.1, "\(error), of \(effect)")
        let logits = base.head(states.finals)
        for row in prompt.indices {
            for (found, want) in zip(logits.row(row), expected.logits[row]) {
                #expect(abs(Double(found) - want) < 0.05)
            }
        }
    }

    /// LoRA and Adapter in f64.
    private static func change(_ part: PluginPart, _ block: Int, _ site: BlockSite, _ x: [Double]) -> [Double] {
        func product(_ matrix: Matrix, _ x: [Double]) -> [Double] {
            (0..<matrix.rows).map { zip(matrix.row($0), x).reduce(0) { $0 + Double($1.0) * $1.1 } }
        }
        switch (part, site) {
        case (.lora(let lora), .queryValue):
            return [lora.blocks[block].query, lora.blocks[block].value].flatMap { factors in
                product(factors.b, product(factors.a, x)).map { $0 * Double(lora.scale) }
            }
        case (.adapter(let adapter), .attentionOutput), (.adapter(let adapter), .feedForwardOutput):
            let part = site == .attentionOutput ? adapter.blocks[block].attention : adapter.blocks[block].feedForward
            let inner = zip(product(part.down, x), part.downBias).map { $0 + Double($1) }.map { $0 / (1 + exp(-$0)) }
            return zip(product(part.up, inner), part.upBias).map { $0 + Double($1) }
        default: return []
        }
    }

    @Test(arguments: [Method.lora, .adapter]) func howATextIsReadDoesNotMatter(method: Method) throws {
        let text = (0..<100).map { Int32($0 * 11 % 300) }
        var expected: [Float] = []
        for (threads, cuts) in [(2, [100]), (1, [70, 1, 1, 28]), (3, [3, 97])] {
            let fixture = try fixture(threads: threads)
            let base = fixture.base
            let exchanges = try #require(try BlockExchanges(fixture.plugin(inBlocks: method), base: base))
            let cache = try base.makeCache(capacity: 100)
            var (start, finals): (Int, [Float]) = (0, [])
            for length in cuts {
                finals += try base.forward(
                    Array(text[start..<start + length]), cache: cache, wanted: .all, exchanges: exchanges
                ).finals.values
                start += length
            }
            if expected.isEmpty { expected = finals }
            #expect(finals == expected)
        }
    }

    @Test(arguments: [Method.lora, .adapter], [BaseModel.Precision.fast, .reference])
    func severalTextsAtOnceAreReadAsAlone(method: Method, precision: BaseModel.Precision) throws {
        let fixture = try fixture(.q8_0, precision)
        let base = fixture.base
        let plugin = fixture.plugin(inBlocks: method)
        let exchanges = try #require(try BlockExchanges(plugin, base: base))
        let origin = try base.makeCache(capacity: 32)
        _ = try base.forward(prompt, cache: origin, exchanges: exchanges)
        let tokens: [Int32] = [40, 41, 42]
        let alone = try tokens.map { token in
            try base.forward([token], cache: origin.fork(), exchanges: exchanges).finals.values
        }
        let forks = try tokens.map { token in (tokens: [token], cache: try origin.fork()) }
        let together = try base.forward(forks, exchanges: exchanges).finals
        for (row, values) in alone.enumerated() {
            #expect(Array(together.row(row)) == values)
        }
        #expect(forks.allSatisfy { $0.cache.count == prompt.count + 1 })
    }

    @Test func aPluginOfASideNetworkHasNoExchangesInTheBlocks() throws {
        let fixture = try fixture()
        #expect(try BlockExchanges(fixture.plugin(), base: fixture.base) == nil)
    }
}
