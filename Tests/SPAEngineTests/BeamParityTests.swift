import Compute
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing

/// Beam search against `generate` of the PyPI package transformers (Fixtures/write_beams.py).
@Suite struct BeamParityTests {
    private struct Case: Decodable {
        let model: String
        let prompt: Int
        let width: Int
        let lengthPenalty: Float
        let stop: String
        let ends: [Int32]
        let longest: Int
        let tokens: [Int32]
    }

    private func data(_ name: String) throws -> Data {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
        return try Data(contentsOf: folder.appendingPathComponent(name))
    }

    private func search(_ example: Case, _ model: BaseModel, prompt: [Int32]) throws -> [Int32] {
        let stop = try #require(BeamOptions.Stop(rawValue: example.stop))
        var search = BeamSearch(
            BeamOptions(width: example.width, lengthPenalty: example.lengthPenalty, stop: stop),
            ends: Set(example.ends), greatestLength: example.longest)
        var caches = [try model.makeCache(capacity: 64)]
        var states = try model.forward(prompt, cache: caches[0]).finals
        while !search.isOver {
            let logits = model.head(states)
            let parents = search.step(
                caches.indices.map { row in
                    BeamSearch.Continuations(
                        path: .base, decision: nil,
                        candidates: logits.likeliestTokens(row: row, count: search.candidateCount))
                })
            if search.isOver { break }
            caches = try parents.map { try caches[$0].fork() }
            states = try model.forward(
                zip(search.beams, caches).map { ([$0.tokens[$0.tokens.count - 1].id], $1) }
            ).finals
        }
        return search.best.tokens.map(\.id)
    }

    @Test func theAnswersAreThoseOfTransformers() throws {
        let cases = try JSONDecoder().decode([Case].self, from: data("beams.json"))
        #expect(cases.count > 100 && Set(cases.map(\.tokens.count)).count > 8)
        for (name, cases) in Dictionary(grouping: cases, by: \.model) {
            struct Model: Decodable { let tokens: [Int32] }
            let tokens = try JSONDecoder().decode(Model.self, from: data(name + ".json")).tokens
            let file = try GGUFFile(bytes: [UInt8](data(name + ".gguf")), label: name)
            let model = try BaseModel(file: file, precision: .reference, team: ThreadTeam(threads: 1))
            for example in cases {
                let found = try search(example, model, prompt: Array(tokens.prefix(example.prompt)))
                #expect(found == example.tokens, "\(example)")
            }
        }
    }
}
