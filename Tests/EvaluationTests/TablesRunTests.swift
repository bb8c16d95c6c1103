import Evaluation
import Foundation
import SPAEngine
import Synchronization
import TestSupport
import Testing
import Training

/// The tables on the tiny model, from data of the tests' own text.
@Suite struct TablesRunTests {
    let tiny: TinyEvaluation
    let folder: String

    init() throws {
        tiny = try TinyEvaluation()
        folder = TinyModel.temporaryPath("tables")
        try Self.write(PaperDataSet.allCases, to: folder + "/data")
    }

    static func write(_ dataSets: [PaperDataSet], to folder: String) throws {
        for dataSet in dataSets {
            let own = "\(folder)/\(dataSet.rawValue)"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            for (name, count) in [("train", 40), ("test", 6)] {
                let lines = (0..<count).map { row in
                    "{\"id\":\"\(dataSet.rawValue)-\(name)\(row / 2)_turn\(row)\",\"prompt\":\"What is \(name) \(row)?\","
                        + "\"response\":\"It is a thing of \(row % 3).\",\"source\":\"tests\"}"
                }
                try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: "\(own)/\(name).jsonl"))
            }
        }
    }

    func options(_ parts: Set<TablesRun.Part>, _ dataSets: Set<PaperDataSet>) -> TablesRun.Options {
        var options = TablesRun.Options()
        options.scale = .smoke
        options.parts = parts
        options.dataSets = dataSets
        options.cacheFolder = folder + "/cache"
        options.generalQuestions = ["Why?", "How?"]
        return options
    }

    func tables(_ options: TablesRun.Options) throws -> TablesRun {
        try TablesRun(
            base: tiny.base, tokenizer: tiny.tokenizer, template: .chatML, data: folder + "/data", options: options,
            anchorQuestions: ["Who?", "When?", "Where?"])
    }

    @Test func everyTableIsFilledAndFoundAgain() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let options = options(Set(TablesRun.Part.allCases), [.xsum, .sciq])
        let works = Mutex<[String]>([])
        let result = try await tables(options).run { progress in
            works.withLock { $0.append(progress.work) }
            return (0...1.0001).contains(progress.fraction)
        }
        let systems = ["spa", "spa_035", "lst", "integration", "separation", "base"]
        for name in ["xsum", "sciq"] {
            let entries = try #require(result.table3[name])
            #expect(Set(entries.keys) == Set(systems))
            #expect(entries["base"]?.usagePercent == 0 && entries["lst"]?.usagePercent == 100)
            #expect(entries.values.allSatisfy { (0...100).contains($0.rougeL) && $0.rows == 2 })
            #expect(Set(result.table1[name]?.keys.map { $0 } ?? []) == ["small", "medium", "full"])
            #expect(result.learning[name]?["spa"]?.training.count == 2)
            #expect((result.generalChat[name]?.count ?? 0) >= 5)
            let gate = try #require(result.gate[name])
            #expect(gate.curves.count == 7 && gate.curves.values.allSatisfy { $0.count == 21 })
            #expect(gate.curves.values.allSatisfy { abs($0[0][1] - gate.baseLoss) < 1e-3 })
            #expect(gate.curves.values.allSatisfy { abs($0[20][1] - gate.sideLoss) < 1e-3 })
        }
        #expect(Set(result.table2.keys) == ["spa", "lst", "lora", "adapter"])
        #expect(result.table2["lst"]?.rougeL["xsum"] != nil && result.table2["lst"]?.rougeL["coqa"] == nil)
        for entry in result.table2.values {
            let (network, formula) = (entry.networkSeconds ?? 0, entry.formulaNetworkSeconds ?? -1)
            #expect(abs(network - formula) < 0.01 * formula + 1e-4)
        }
        for method in ["lora", "adapter", "lst"] {
            let difference = try #require(result.table2AtPaperScale[method]?.relativeDifference)
            #expect(abs(difference) <= 0.02)
        }
        #expect(works.withLock { $0.contains { $0.hasPrefix("XSum: lora") } })

        // Nothing is computed again: everything but the run's own facts is the same.
        works.withLock { $0 = [] }
        var again = try await tables(options).run { progress in
            works.withLock { $0.append(progress.work) }
            return true
        }
        again.run = result.run
        #expect(again == result)
        #expect(works.withLock { $0.isEmpty })

        let report = TablesReport(result)
        try report.write(to: folder + "/out")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/out")
        #expect(
            Set(names).isSuperset(of: [
                "tables.json", "tables.md", "tables.txt", "table1.svg", "table2.svg", "table3.svg", "figure3.svg",
                "figure4.svg", "general-chat.svg", "device-memory.svg",
            ]))
        let json = try JSONSerialization.jsonObject(with: result.json()) as? [String: Any]
        let table3 = json?["table3"] as? [String: [String: [String: Any]]]
        #expect(table3?["xsum"]?["spa"]?["rouge_l"] is Double && table3?["xsum"]?["spa"]?["usage_percent"] is Double)
        #expect(json?["table1"] != nil && json?["table2"] != nil)
    }

    @Test func aStoppedRunGoesOn() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let options = options([.table3], [.coqa])
        for last in [3, 40] {
            let count = Mutex(0)
            await #expect(throws: EvaluationError.stopped) {
                _ = try await tables(options).run { _ in
                    count.withLock {
                        $0 += 1
                        return $0 < last
                    }
                }
            }
        }
        let result = try await tables(options).run { _ in true }
        #expect(result.table3["coqa"]?.count == 6 && result.table2.isEmpty)
    }

    @Test func missingAndBadDataIsNamed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let options = options([.table3], [.xsum])
        #expect(throws: EvaluationError.noDataSets(folder: folder)) {
            try TablesRun(
                base: tiny.base, tokenizer: tiny.tokenizer, template: .chatML, data: folder, options: options)
        }
        let path = folder + "/data/xsum/test.jsonl"
        try Data("{\"prompt\":\"a\",\"response\":\"b\"}\n{\"prompt\":\"c\"}\n".utf8).write(to: URL(filePath: path))
        #expect {
            try tables(options)
        } throws: { error in
            "\(error)".contains("\(path):2")
        }
    }
}
