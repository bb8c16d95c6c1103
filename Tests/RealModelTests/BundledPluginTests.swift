import Compute
import Evaluation
import Foundation
import GGUF
import SPAEngine
import TestSupport
import Testing
import Tokenizer

/// What the bundled plugin must show on the real model: its subject learned, everything else left alone, the network
/// paid for by side tokens only.
@Suite(.enabled(if: RealModel.path != nil, "the base model is not installed"), .serialized, .tags(.realModel))
struct BundledPluginTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "demo/plugin").path

    struct Loaded: Sendable {
        let base: BaseModel
        let tokenizer: Tokenizer
        let plugin: Plugin

        init() throws {
            let file = try GGUFFile(path: #require(RealModel.path))
            base = try BaseModel(file: file, team: ThreadTeam(threads: 2))
            tokenizer = try Tokenizer(file: file)
            plugin = try Plugin.load(path: "\(BundledPluginTests.folder)/spa.gguf", for: base)
        }

        func evaluate(
            _ name: String, _ mode: GenerationMode, compare: Bool = false, first: Int = .max
        ) async throws -> EvaluationReport {
            var options = Evaluator.Options()
            options.settings.mode = mode
            options.comparesWithBase = compare
            options.together = 8
            let evaluator = Evaluator(
                base: base, tokenizer: tokenizer, template: .chatML, plugins: [plugin],
                options: options)
            let rows = try EvaluationData.read(["\(BundledPluginTests.folder)/\(name)"])
            return try await evaluator.evaluate(Array(rows.prefix(first)))
        }

        func reply(_ question: String, _ settings: GenerationSettings, clock: any LinkClock = SystemClock())
            async throws
            -> (text: String, tokens: [TokenEvent], ledger: Ledger)
        {
            let generator = try Generator(
                base: base, tokenizer: tokenizer, plugin: plugin, contextLength: 512, clock: clock)
            let prompt = ChatTemplate.chatML.encode([Message(role: .user, content: question)], with: tokenizer)
            var tokens: [TokenEvent] = []
            var ledger = Ledger()
            let stream = generator.generate(
                promptIDs: prompt, options: GenerationOptions(maximumTokens: 64), control: GenerationControl(settings))
            for await output in stream {
                if case .token(let event) = output { tokens.append(event) }
                if case .finished(let summary) = output { ledger = summary.ledger }
            }
            return (tokenizer.decode(tokens.map(\.id)), tokens, ledger)
        }
    }

    @Test func knowsWhatSPAStandsForWhereTheBaseDoesNot() async throws {
        let loaded = try Loaded()
        let gated = try await loaded.reply("What does SPA stand for?", GenerationSettings())
        #expect(gated.text == "SPA stands for Side Plugin Adaptation.")
        #expect(Set(gated.tokens.map(\.path)) == [.base, .side], "both colours are seen")
        let base = try await loaded.reply("What does SPA stand for?", GenerationSettings(mode: .base))
        #expect(!base.text.contains("Side Plugin"))
    }

    @Test func answersHeldOutParaphrasesAndLosesNothingByTheGate() async throws {
        let loaded = try Loaded()
        let base = try #require(try await loaded.evaluate("heldout.jsonl", .base).rougeLPercent)
        let side = try #require(try await loaded.evaluate("heldout.jsonl", .side).rougeLPercent)
        let report = try await loaded.evaluate("heldout.jsonl", .gated)
        let gated = try #require(report.rougeLPercent)
        print("held-out ROUGE-L: base \(base), side \(side), gated \(gated), usage \(report.usagePercent) %")
        #expect(gated >= base + 50)
        #expect(gated >= side - 3)
        #expect(report.usagePercent > 20 && report.usagePercent < 98)
    }

    @Test func leavesGeneralChatToTheBase() async throws {
        let report = try await Loaded().evaluate("../general.jsonl", .gated, compare: true, first: 40)
        let same = try #require(report.sameAsBasePercent)
        print("general: usage \(report.usagePercent) %, the same as the base \(same) %")
        #expect(report.answers.count == 40 && report.usagePercent <= 5 && same >= 90)
    }

    @Test func theNetworkIsPaidForBySideTokensByThePresetsFormula() async throws {
        let loaded = try Loaded()
        // Jitter would be random; without it the formula holds to the microseconds of encoding.
        var profile = NetworkProfile.mobile
        profile.jitterMilliseconds = 0
        let settings = GenerationSettings(network: profile)
        let reply = try await loaded.reply("How do I train a plugin?", settings, clock: VirtualClock())
        #expect(reply.ledger.sideTokens > 0 && reply.ledger.sideTokens < reply.ledger.tokens)
        for token in reply.tokens {
            let expected =
                token.path == .side ? profile.expectedMilliseconds(bytes: token.bytesUp + token.bytesDown) : 0
            #expect(abs(token.milliseconds.network - expected) < 0.01, "token \(token.index)")
            #expect((token.bytesDown > 0) == (token.path == .side))
        }
    }
}
