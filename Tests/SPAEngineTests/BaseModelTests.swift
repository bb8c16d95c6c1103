import Compute
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing

/// The base on the tiny model: against the definition written out in f64, and the fast path against the reference.
@Suite struct BaseModelTests {
    let team = ThreadTeam(threads: 2)
    let prompt: [Int32] = [1, 77, 30, 5, 200, 31, 8, 2, 99]

    private func model(
        _ type: GGMLType = .f32, _ precision: BaseModel.Precision = .reference, tied: Bool = true
    ) throws -> BaseModel {
        try BaseModel(file: TinyModel.file(type: type, tied: tied), precision: precision, team: team)
    }

    @Test(arguments: [true, false]) func referenceEqualsTheDefinition(tied: Bool) throws {
        let file = try TinyModel.file(tied: tied)
        let model = try BaseModel(file: file, precision: .reference, team: team)
        let states = try model.forward(prompt, cache: model.makeCache(capacity: 16), taps: [1, 3], wanted: .all)
        let logits = model.head(states.finals)
        let expected = Definition(file: file, configuration: model.configuration).run(prompt)
        for row in prompt.indices {
            for (found, want) in zip(states.taps[0].row(row), expected.blocks[0][row]) {
                #expect(abs(Double(found) - want) < 1e-4)
            }
            for (found, want) in zip(states.taps[1].row(row), expected.blocks[2][row]) {
                #expect(abs(Double(found) - want) < 1e-4)
            }
            for (found, want) in zip(logits.row(row), expected.logits[row]) {
                #expect(abs(Double(found) - want) < 1e-3)
            }
        }
    }

    @Test(arguments: [GGMLType.f32, .f16, .bf16, .q8_0, .q4_0, .q4_1])
    func fastPathIsNearTheReference(type: GGMLType) throws {
        let (exact, quick) = (try model(type), try model(type, .fast))
        let a = exact.head(try exact.forward(prompt, cache: exact.makeCache(capacity: 16), wanted: .all).finals)
        let b = quick.head(try quick.forward(prompt, cache: quick.makeCache(capacity: 16), wanted: .all).finals)
        let error = zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
        let size = a.values.map(abs).max() ?? 0
        #expect(error < 0.06 * size, "\(error) of \(size)")
    }

    @Test(arguments: [BaseModel.Precision.fast, .reference])
    func wantedPositionsAndTapsDoNotDependOnHowTheyAreAskedFor(precision: BaseModel.Precision) throws {
        let model = try model(.q8_0, precision)
        let all = try model.forward(prompt, cache: model.makeCache(capacity: 16), taps: [2, 4], wanted: .all)
        let some = try model.forward(
            prompt, cache: model.makeCache(capacity: 16), taps: [2, 4], wanted: .positions([0, 4, 7]))
        let last = try model.forward(prompt, cache: model.makeCache(capacity: 16), taps: [2, 4])
        func near(_ a: Matrix, _ b: Matrix) -> Bool {
            a.rows == b.rows && zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-4 }
        }
        #expect(near(some.finals, all.finals.gather([0, 4, 7])))
        #expect(near(some.taps[0], all.taps[0].gather([0, 4, 7])))
        #expect(near(some.taps[1], all.taps[1].gather([0, 4, 7])))
        #expect(near(last.finals, all.finals.gather([8])))
        #expect(near(last.taps[1], all.taps[1].gather([8])))
        // The last tap is the final state.
        #expect(all.taps[1] == all.finals)
    }

    @Test func truncatingTheCacheForgetsExactlyTheRest() throws {
        let model = try model(.q4_1, .fast)
        let cache = try model.makeCache(capacity: 32)
        _ = try model.forward(prompt, cache: cache)
        _ = try model.forward([50, 51, 52], cache: cache)
        #expect(cache.commonPrefix(with: prompt + [50, 9]) == prompt.count + 1)
        cache.truncate(to: prompt.count)
        #expect(cache.tokens == prompt)
        let again = try model.forward([60], cache: cache)
        let fresh = try model.makeCache(capacity: 32)
        _ = try model.forward(prompt, cache: fresh)
        #expect(try model.forward([60], cache: fresh).finals == again.finals)
    }

    @Test func longPromptsGoThroughInPieces() throws {
        let model = try model(.q8_0, .fast)
        let long = (0..<700).map { Int32($0 * 7 % 300) }
        let cache = try model.makeCache(capacity: 700)
        let states = try model.forward(long, cache: cache, taps: [2], wanted: .positions([3, 600, 699]))
        #expect(states.finals.rows == 3 && states.taps[0].rows == 3 && cache.count == 700)
        let short = try model.makeCache(capacity: 700)
        let head = try model.forward(Array(long.prefix(4)), cache: short, taps: [2])
        #expect(zip(head.taps[0].row(0), states.taps[0].row(0)).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    /// The pass that writes no logits chooses as the one that does.
    @Test(arguments: [GGMLType.q4_0, .q4_1, .q8_0, .f16], [BaseModel.Precision.fast, .reference])
    func theLikeliestTokenIsTheGreedyOne(type: GGMLType, precision: BaseModel.Precision) throws {
        for threads in [1, 3] {
            let model = try BaseModel(
                file: TinyModel.file(type: type), precision: precision, team: ThreadTeam(threads: threads))
            let states = try model.forward(
                (0..<40).map { Int32($0 * 13 % 300) }, cache: model.makeCache(capacity: 40), wanted: .all
            ).finals
            for row in 0..<states.rows {
                let state = states.gather([row])
                #expect(model.likeliest(state) == Sampler.greedy(model.head(state).values))
            }
            let each = (0..<states.rows).map { model.likeliest(states.gather([$0])) }
            for rows in [1, 2, 3, 7, 8, 11, 40] {
                #expect(model.likeliest(each: states.gather(0..<rows)) == Array(each.prefix(rows)))
            }
        }
    }

    /// However a text is cut, and for any number of threads, the fast path's states are equal to the last bit.
    @Test(arguments: [GGMLType.q4_0, .q4_1, .q8_0]) func howATextIsReadDoesNotMatter(type: GGMLType) throws {
        let file = try TinyModel.file(type: type)
        let text = (0..<150).map { Int32($0 * 11 % 300) }
        var expected: [[Float]] = []
        for (threads, cuts) in [
            (1, [150]), (2, [150]), (3, [150]), (2, [70, 1, 1, 40, 38]), (3, [5, 9, 100, 36]),
            (2, [Int](repeating: 1, count: 150)),
        ] {
            let model = try BaseModel(file: file, team: ThreadTeam(threads: threads))
            let cache = try model.makeCache(capacity: 150)
            var (start, finals, taps): (Int, [Float], [Float]) = (0, [], [])
            for length in cuts {
                let states = try model.forward(
                    Array(text[start..<start + length]), cache: cache, taps: [1], wanted: .all)
                finals += states.finals.values
                taps += states.taps[0].values
                start += length
            }
            if expected.isEmpty { expected = [finals, taps] }
            #expect([finals, taps] == expected)
        }
    }

    @Test func theFingerprintTellsBasesApart() throws {
        let a = try BaseModel(file: TinyModel.file(seed: 1), team: team)
        let again = try BaseModel(file: TinyModel.file(seed: 1), precision: .reference, team: team)
        let b = try BaseModel(file: TinyModel.file(seed: 2), team: team)
        #expect(a.fingerprint == again.fingerprint && a.fingerprint != b.fingerprint && a.fingerprint.count == 32)
    }

    @Test func errorsNameWhatIsWrong() throws {
        let model = try model()
        let cache = try model.makeCache(capacity: 4)
        #expect(throws: EngineError.contextFull(needed: 9, capacity: 4)) { try model.forward(prompt, cache: cache) }
        #expect(throws: EngineError.unknownTap(block: 5, blockCount: 4)) {
            try model.forward([1], cache: cache, taps: [5])
        }
        let size = model.configuration.vocabularySize
        #expect(throws: EngineError.unknownToken(id: 32_000, vocabularySize: size)) {
            try model.forward([32_000], cache: cache)
        }
        #expect(throws: EngineError.unknownToken(id: -1, vocabularySize: size)) {
            try model.forward([-1], cache: cache)
        }
        var other = try TinyModel.writer()
        other.set("general.architecture", .string("mamba"))
        let mamba = try GGUFFile(bytes: other.bytes(), label: "x.gguf")
        #expect(throws: EngineError.unsupportedArchitecture(path: "x.gguf", architecture: "mamba")) {
            try BaseModel(file: mamba, team: team)
        }
        var broken = try TinyModel.writer()
        broken.set("llama.feed_forward_length", .uint32(128))
        let file = try GGUFFile(bytes: broken.bytes(), label: "x.gguf")
        #expect(
            throws: EngineError.wrongShape(
                path: "x.gguf", name: "blk.0.ffn_gate.weight", expected: [64, 128], found: [64, 96])
        ) { try BaseModel(file: file, team: team) }
    }
}
