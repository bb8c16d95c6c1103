import Compute
import Evaluation
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing
import Tokenizer

/// `spa tables --scale smoke` on the real model, from the project's own questions about itself.
@Suite(.enabled(if: RealModel.path != nil, "the base model is not installed"), .serialized, .tags(.realModel))
struct TablesSmokeTests {
    /// The bundled plugin's rows in the place of the four data sets.
    static func data(in folder: String) throws {
        let plugin = BundledPluginTests.folder
        for dataSet in PaperDataSet.allCases {
            let own = "\(folder)/\(dataSet.rawValue)"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            for (name, source) in [("train", "train"), ("test", "heldout")] {
                let text = try String(contentsOfFile: "\(plugin)/\(source).jsonl", encoding: .utf8)
                let lines = text.split(separator: "\n").prefix(60).joined(separator: "\n")
                try Data((lines + "\n").utf8).write(to: URL(filePath: "\(own)/\(name).jsonl"))
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func everyTableIsFilled() async throws {
        let folder = TinyModel.temporaryPath("tables")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.data(in: folder + "/data")
        let file = try GGUFFile(path: #require(RealModel.path))
        let base = try BaseModel(file: file, team: ThreadTeam(threads: 2))
        var options = TablesRun.Options()
        options.scale = .smoke
        options.cacheFolder = folder + "/cache"
        options.generalQuestions = ["What is the capital of Italy?", "How do I boil an egg?"]
        let result = try await TablesRun(
            base: base, tokenizer: Tokenizer(file: file), template: .chatML, data: folder + "/data", options: options
        ).run { _ in true }
        #expect(result.table3.count == 4 && result.table3.values.allSatisfy { $0.count == 6 })
        #expect(result.table1.count == 4 && result.table2.count == 4 && result.generalChat.count == 4)
        // Trained parameters within a tenth of each other.
        let parameters = result.table2.values.map { Double($0.parameters) }
        #expect((parameters.max() ?? 0) / (parameters.min() ?? 1) < 1.1)
        // Exchanges and bytes as the methods' structures need them, over the link by the formula.
        #expect(result.table2["lora"]?.exchangesPerToken == 30 && result.table2["adapter"]?.exchangesPerToken == 60)
        for entry in result.table2.values {
            let (network, formula) = (entry.networkSeconds ?? 0, entry.formulaNetworkSeconds ?? -1)
            #expect(abs(network - formula) < 0.01 * formula + 1e-4)
        }
    }
}
