import Compute
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing
import Tokenizer

/// The numbers of an independent implementation on the real model (f32, dequantised weights).
struct Golden: Decodable {
    struct Prompt: Decodable {
        let text: String
        let ids: [Int32]
        let layer_norms_last: [Double]
        let layer0_first8_last: [Double]
        let layer29_first8_last: [Double]
        let logits_top10: [[Double]]
        let logsumexp: Double
    }
    struct Greedy: Decodable {
        let question: String
        let prompt: String
        let prompt_ids: [Int32]
        let out_ids: [Int32]
        let text: String
        let per_token_nll: [Double]?
    }
    let prompts: [Prompt]
    let greedy: [Greedy]
    let greedy_nosystem: [Greedy]

    static func load() throws -> Golden {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/golden", withExtension: "json"))
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }
}

/// The base on real weights against the golden numbers, and the fast path against the reference path.
@Suite(.enabled(if: RealModel.path != nil, "the base model is not installed"), .serialized, .tags(.realModel))
struct ParityTests {
    static let team = ThreadTeam(threads: 2)
    static let reference = try? load(.reference)
    static let fast = try? load(.fast)

    static func load(_ precision: BaseModel.Precision) throws -> BaseModel {
        let path = try #require(RealModel.path)
        return try BaseModel(file: GGUFFile(path: path), precision: precision, team: team)
    }

    private func norm(_ row: ArraySlice<Float>) -> Double {
        row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    private func expect(_ found: some Sequence<Float>, near golden: [Double], tolerance: Double = 1e-3) {
        for (found, golden) in zip(found, golden) {
            #expect(abs(Double(found) - golden) <= tolerance * max(1, abs(golden)), "\(found) is not near \(golden)")
        }
    }

    @Test func referenceMatchesGoldenStatesAndLogits() throws {
        let model = try #require(Self.reference)
        for prompt in try Golden.load().prompts {
            let cache = try model.makeCache(capacity: 64)
            let states = try model.forward(prompt.ids, cache: cache, taps: Array(1...30))
            for (tap, golden) in zip(states.taps, prompt.layer_norms_last) {
                #expect(abs(norm(tap.row(0)) - golden) <= 1e-3 * golden)
            }
            expect(states.taps[0].row(0), near: prompt.layer0_first8_last)
            expect(states.finals.row(0), near: prompt.layer29_first8_last)
            let logits = model.head(states.finals).values
            let best = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(10)
            #expect(best.map(Double.init) == prompt.logits_top10.map { $0[0] })
            expect(best.map { logits[$0] }, near: prompt.logits_top10.map { $0[1] })
            expect([VectorMath.logSumExp(logits, in: logits.indices)], near: [prompt.logsumexp])
        }
    }

    /// Greedy tokens after a prompt, and the gap between the two best logits at each.
    private func greedy(_ model: BaseModel, _ prompt: [Int32], count: Int) throws -> (ids: [Int32], gaps: [Float]) {
        let cache = try model.makeCache(capacity: prompt.count + count)
        var states = try model.forward(prompt, cache: cache)
        var (ids, gaps): ([Int32], [Float]) = ([], [])
        while ids.count < count {
            let logits = model.head(states.finals).values
            let first = logits.indices.max { logits[$0] < logits[$1] } ?? 0
            let second = logits.indices.filter { $0 != first }.max { logits[$0] < logits[$1] } ?? 0
            ids.append(Int32(first))
            gaps.append(logits[first] - logits[second])
            if first == 2 || ids.count == count { break }
            states = try model.forward([Int32(first)], cache: cache)
        }
        return (ids, gaps)
    }

    @Test func greedyContinuationsMatch() throws {
        let reference = try #require(Self.reference)
        let fast = try #require(Self.fast)
        let golden = try Golden.load()
        for item in golden.greedy + golden.greedy_nosystem {
            let exact = try greedy(reference, item.prompt_ids, count: item.out_ids.count)
            #expect(exact.ids == item.out_ids, "\(item.question)")
            let quick = try greedy(fast, item.prompt_ids, count: item.out_ids.count)
            if let split = zip(quick.ids, exact.ids).enumerated().first(where: { $1.0 != $1.1 })?.offset {
                #expect(exact.gaps[split] < 0.3, "\(item.question): the fast path leaves at token \(split)")
            } else {
                #expect(quick.ids.count == exact.ids.count)
            }
        }
    }

    @Test func fastPathStaysNearTheReferenceOnAPageOfText() throws {
        let reference = try #require(Self.reference)
        let fast = try #require(Self.fast)
        let url = try #require(Bundle.module.url(forResource: "Fixtures/page", withExtension: "txt"))
        let path = try #require(RealModel.path)
        let ids = try Tokenizer(file: GGUFFile(path: path)).encode(String(contentsOf: url, encoding: .utf8))
        func logits(_ model: BaseModel) throws -> Matrix {
            model.head(try model.forward(ids, cache: model.makeCache(capacity: ids.count), wanted: .all).finals)
        }
        let (exact, quick) = (try logits(reference), try logits(fast))
        let width = exact.columns
        var (exactLoss, quickLoss, divergence) = (0.0, 0.0, 0.0)
        for t in 0..<ids.count - 1 {
            let range = t * width..<(t + 1) * width
            let target = range.lowerBound + Int(ids[t + 1])
            let (a, b) = (
                VectorMath.logSumExp(exact.values, in: range), VectorMath.logSumExp(quick.values, in: range)
            )
            exactLoss += Double(a - exact.values[target])
            quickLoss += Double(b - quick.values[target])
            for i in range {
                let p = exact.values[i] - a
                if p > -16 { divergence += Double(exp(p) * (p - (quick.values[i] - b))) }
            }
        }
        let count = Double(ids.count - 1)
        print(
            "page of \(ids.count) tokens: reference \(exactLoss / count), fast \(quickLoss / count), KL \(divergence / count)"
        )
        #expect(abs(exactLoss - quickLoss) / count <= 0.02)
        #expect(divergence / count <= 0.01)
    }

    /// Reading a prompt at once or token by token gives equal bits, so that a reply repeats itself however it was read.
    @Test func readingAtOnceAndOneByOneIsTheSame() throws {
        let model = try #require(Self.fast)
        let prompt = try Golden.load().greedy[1].prompt_ids
        let whole = try model.forward(prompt, cache: model.makeCache(capacity: 64), wanted: .all)
        let cache = try model.makeCache(capacity: 64)
        for (index, token) in prompt.enumerated() {
            #expect(try model.forward([token], cache: cache).finals.row(0) == whole.finals.row(index))
        }
    }
}
