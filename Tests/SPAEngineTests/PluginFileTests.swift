import Foundation
import Compute
import GGUF
import SPAEngine
import TestSupport
import Testing

@Suite struct PluginFileTests {
    private static let sizes = SideConfiguration(taps: [1, 2, 4], width: 8, baseWidth: 64)
    private let path = TinyModel.temporaryPath("plugin.gguf")

    /// A plugin of random numbers that half precision holds exactly, so that it comes back equal.
    private static func plugin(kind: GateKind, fingerprint: String = "0123456789abcdef", base: String = "Tiny")
        -> Plugin
    {
        var random = SeededRandom(seed: 5)
        func next() -> Float { Float(Int(random.uniform() * 2000) - 1000) / 512 }
        var side = SideNetwork(zeros: sizes)
        side.update { tensor, _ in tensor = tensor.map { _ in next() } }
        var linear = LinearGate(baseWidth: sizes.baseWidth)
        linear.weight.values = linear.weight.values.map { _ in next() }
        linear.bias = [next(), next()]
        var effect = EffectGate(baseWidth: sizes.baseWidth, hiddenWidth: 5)
        effect.mean = effect.mean.map { _ in next() }
        effect.deviation = effect.deviation.map { _ in abs(next()) + 1 }
        effect.hidden.values = effect.hidden.values.map { _ in next() }
        effect.hiddenBias = effect.hiddenBias.map { _ in next() }
        effect.output.values = effect.output.values.map { _ in next() }
        effect.outputBias = next()
        var facts = TrainingFacts()
        facts.subject = "a subject"
        facts.rows = 200
        facts.heldOutRows = 20
        facts.tokens = 5000
        facts.anchors = 120
        facts.epochs = 15
        facts.bestEpoch = 12
        facts.heldOutLoss = PathLosses(base: 3.5, side: 0.25, gated: 0.5)
        facts.usagePercent = (95.5, 2.5)
        facts.seed = 42
        facts.date = "2026-11-21"
        return Plugin(
            side: side, gate: Gate(linear: linear, effect: kind == .effect ? effect : nil), price: 0.5,
            baseName: base, baseFingerprint: fingerprint, facts: facts)
    }

    @Test(arguments: GateKind.allCases) func comesBackEqual(kind: GateKind) throws {
        defer { TinyModel.remove(path) }
        let plugin = Self.plugin(kind: kind)
        try plugin.save(to: path)
        #expect(try Plugin.load(path: path, for: nil) == plugin)
    }

    @Test func isAnAdapterWithMatricesInHalfPrecision() throws {
        defer { TinyModel.remove(path) }
        try Self.plugin(kind: .effect).save(to: path)
        let file = try GGUFFile(path: path)
        #expect(file.string("general.type") == "adapter" && file.string("general.architecture") == "spa")
        for tensor in file.tensors {
            let isSideMatrix = tensor.name.hasPrefix("side.") && tensor.shape.count == 2
            #expect(tensor.type == (isSideMatrix ? .f16 : .f32), "\(tensor.name)")
        }
    }

    @Test func isRefusedOnAnotherBaseWithBothNames() throws {
        defer { TinyModel.remove(path) }
        let base = try BaseModel(file: TinyModel.file(), team: ThreadTeam(threads: 1))
        try Self.plugin(kind: .effect, fingerprint: "feedface00000000", base: "Elsewhere").save(to: path)
        let error = #expect(throws: EngineError.self) { try Plugin.load(path: path, for: base) }
        let text = error.map(\.description) ?? ""
        #expect(text.contains("Elsewhere") && text.contains("tiny model") && text.contains(path), "\(text)")

        try Self.plugin(kind: .effect, fingerprint: base.fingerprint).save(to: path)
        #expect(try Plugin.load(path: path, for: base).baseFingerprint == base.fingerprint)
    }

    @Test func aLanguageModelIsNoPlugin() throws {
        defer { TinyModel.remove(path) }
        try TinyModel.write(to: path)
        #expect(throws: EngineError.self) { try Plugin.load(path: path, for: nil) }
    }

    @Test func missingFilesAndCutFilesAreErrors() throws {
        defer { TinyModel.remove(path) }
        #expect(throws: (any Error).self) { try Plugin.load(path: path, for: nil) }
        try Self.plugin(kind: .effect).save(to: path)
        let bytes = try GGUFFile(path: path).allBytes()
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
            #expect(throws: (any Error).self) {
                _ = try Plugin(file: GGUFFile(bytes: Array(bytes.prefix(count)), label: "cut"))
            }
        }
    }

    /// Any byte may be wrong: the file is refused, or read as a plugin of finite numbers; never a trap.
    @Test func damagedFilesAreRefusedOrHarmless() throws {
        defer { TinyModel.remove(path) }
        try Self.plugin(kind: .effect).save(to: path)
        let bytes = try GGUFFile(path: path).allBytes()
        var random = SeededRandom(seed: 11)
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0...Int(random.next() % 3) {
                // Most of what can go wrong lies in the header.
                let bound = random.next() % 4 == 0 ? bytes.count : min(bytes.count, 4000)
                damaged[Int(random.next() % UInt64(bound))] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                let plugin = try Plugin(file: GGUFFile(bytes: damaged, label: "damaged"))
                #expect(plugin.side.tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) })
            } catch {
                refused += 1
            }
        }
        #expect(refused > 500)
    }

    @Test func parameterCountsAreThoseOfTheTensors() {
        let plugin = Self.plugin(kind: .effect)
        let stored = plugin.side.tensors.reduce(0) { $0 + $1.values.count }
        #expect(plugin.side.configuration.parameterCount == stored)
        #expect(plugin.gateParameterCount == 2 * 64 + 2 + 5 * 64 + 2 * 5 + 1)
        let standard = SideConfiguration(taps: Array(stride(from: 3, through: 30, by: 3)), width: 96, baseWidth: 576)
        #expect(standard.parameterCount + LinearGate(baseWidth: 576).weight.values.count + 2 == 1_163_436)
    }
}

extension GGUFFile {
    /// The file's bytes, read again.
    fileprivate func allBytes() throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }
}
