import Compute
import GGUF
import SPAEngine
import TestSupport
import Testing

/// Texts side by side: forks of a cache, and passes over several of them.
@Suite struct KVCacheTests {
    private func model(_ precision: BaseModel.Precision = .fast, threads: Int = 2) throws -> BaseModel {
        try BaseModel(
            file: TinyModel.file(type: .q4_1), precision: precision, team: ThreadTeam(threads: threads))
    }

    private func text(_ count: Int, seed: Int) -> [Int32] { (0..<count).map { Int32(($0 * 11 + seed * 37) % 300) } }

    /// A fork and its origin go on as if each were alone, wherever the fork is: within a page, at its end, in an earlier one.
    @Test(arguments: [BaseModel.Precision.fast, .reference])
    func forksDoNotFeelEachOther(precision: BaseModel.Precision) throws {
        let model = try model(precision)
        for (length, fork) in [(70, 70), (70, 66), (128, 128), (130, 64), (130, 20), (10, 0)] {
            let beginning = text(length, seed: 1)
            let origin = try model.makeCache(capacity: 256)
            _ = try model.forward(beginning, cache: origin)
            let copy = try origin.fork(count: fork)
            #expect(copy.tokens == Array(beginning.prefix(fork)) && origin.tokens == beginning)
            for (cache, rest) in [
                (copy, text(3, seed: 2)), (origin, text(5, seed: 3)), (copy, text(64, seed: 4)),
                (origin, text(1, seed: 5)),
            ] {
                let fresh = try model.makeCache(capacity: 256)
                let found = try model.forward(rest, cache: cache, wanted: .all).finals
                let all = try model.forward(cache.tokens, cache: fresh, wanted: .all).finals
                let expected = all.gather(Array(all.rows - rest.count..<all.rows))
                // The reference path's bits depend on how a text is cut.
                let tolerance: Float = precision == .fast ? 0 : 1e-4
                #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) <= tolerance })
            }
        }
    }

    @Test func aTruncatedTextCanBeRestored() throws {
        let model = try model()
        let cache = try model.makeCache(capacity: 128)
        _ = try model.forward(text(80, seed: 1), cache: cache)
        let saved = try cache.fork()
        cache.truncate(to: 30)
        _ = try model.forward(text(9, seed: 2), cache: cache)
        try cache.become(saved)
        #expect(cache.tokens == text(80, seed: 1) && saved.tokens == cache.tokens)
        let found = try model.forward([7], cache: cache).finals
        #expect(try model.forward([7], cache: saved).finals == found)
        let fresh = try model.makeCache(capacity: 128)
        _ = try model.forward(text(80, seed: 1), cache: fresh)
        #expect(try model.forward([7], cache: fresh).finals == found)
    }

    /// Rows of several texts in one pass: of the same beginning or not, of any lengths, of any number.
    @Test(arguments: [1, 2, 3]) func textsInOnePassAreAsEachAlone(threads: Int) throws {
        let model = try model(threads: threads)
        let origin = try model.makeCache(capacity: 200)
        _ = try model.forward(text(100, seed: 0), cache: origin)
        for texts in [1, 2, 3, 7, 8, 9, 20] {
            var together: [(tokens: [Int32], cache: KVCache)] = []
            var (finals, taps): ([Float], [Float]) = ([], [])
            for index in 0..<texts {
                let cache: KVCache
                if index % 3 == 2 {
                    cache = try model.makeCache(capacity: 200)
                    _ = try model.forward(text(index * 9 % 70 + 1, seed: index), cache: cache)
                } else {
                    cache = try origin.fork(count: index % 2 == 0 ? 100 : 97)
                }
                let next = text(index == 4 ? 40 : 1, seed: 50 + index)
                let alone = try model.forward(next, cache: try cache.fork(), taps: [1, 3])
                finals += alone.finals.values
                taps += alone.taps[1].values
                together.append((next, cache))
            }
            let states = try model.forward(together, taps: [1, 3])
            #expect(states.finals.values == finals && states.taps[1].values == taps)
            // And what was written is right as well.
            for (next, cache) in together {
                let fresh = try model.makeCache(capacity: 200)
                _ = try model.forward(cache.tokens, cache: fresh)
                #expect(cache.tokens.suffix(next.count) == next[...])
                #expect(try model.forward([3], cache: fresh).finals == model.forward([3], cache: cache).finals)
            }
        }
    }

    @Test func whatDoesNotFitIsRefusedAndNothingIsRead() throws {
        let model = try model()
        let caches = try [model.makeCache(capacity: 64), model.makeCache(capacity: 4)]
        #expect(throws: EngineError.contextFull(needed: 5, capacity: 4)) {
            try model.forward([([1], caches[0]), (text(5, seed: 1), caches[1])])
        }
        #expect(throws: EngineError.unknownToken(id: 32_000, vocabularySize: model.configuration.vocabularySize)) {
            try model.forward([([1], caches[0]), ([32_000], caches[1])])
        }
        #expect(caches.allSatisfy { $0.count == 0 })
    }
}
