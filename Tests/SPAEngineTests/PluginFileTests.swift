import Foundation
import Compute
import GGUF
import SPAEngine
import TestSupport
import Testing

@Suite struct PluginFileTests {
    private static let sizes = SideConfiguration(taps: [1, 2, 4], width: 8, baseWidth: 64)
    private let path = TinyModel.temporaryPath("plugin.gguf")

    private static let parts: [Method: PluginPart] = {
        let lora = LowRankConfiguration(blockCount: 4, baseWidth: 64, queryWidth: 64, valueWidth: 32, rank: 3)
        let adapter = SerialAdapterConfiguration(blockCount: 4, baseWidth: 64, width: 5)
        return Dictionary(
            uniqueKeysWithValues: Method.allCases.map { method in
                switch method {
                case .lora: (method, .lora(random(LowRankAdaptation(zeros: lora))))
                case .adapter: (method, .adapter(random(SerialAdapter(zeros: adapter))))
                default: (method, .side(random(SideNetwork(zeros: sizes))))
                }
            })
    }()

    /// Numbers that half precision holds exactly, so that they come back equal.
    private static func random<Part: TrainedParameters>(_ zeros: Part) -> Part {
        var random = SeededRandom(seed: 5)
        var part = zeros
        part.update { tensor, _ in tensor = tensor.map { _ in Float(Int(random.uniform() * 2000) - 1000) / 512 } }
        return part
    }

    private static func plugin(
        _ method: Method = .spa, kind: GateKind = .effect, fingerprint: String = "0123456789abcdef",
        base: String = "Tiny"
    ) throws -> Plugin {
        var random = SeededRandom(seed: 6)
        func next() -> Float { Float(Int(random.uniform() * 2000) - 1000) / 512 }
        var linear = LinearGate(baseWidth: sizes.baseWidth)
        linear.weight.values = linear.weight.values.map { _ in next() }
        linear.bias = [next(), next()]
        let effect = network([.final], inputWidth: sizes.baseWidth, hiddenWidth: 5)
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
        let gate = Gate(linear: linear, effect: kind == .effect ? effect : nil)
        return Plugin(
            method: method, part: try #require(parts[method]), gate: method.hasGate ? gate : nil, price: 0.5,
            baseName: base, baseFingerprint: fingerprint, facts: facts)
    }

    private static func network(_ sources: [GateSource], inputWidth: Int, hiddenWidth: Int) -> GateNetwork {
        var random = SeededRandom(seed: 8)
        func next() -> Float { Float(Int(random.uniform() * 2000) - 1000) / 512 }
        var network = GateNetwork(sources: sources, inputWidth: inputWidth, hiddenWidth: hiddenWidth)
        network.mean = network.mean.map { _ in next() }
        network.deviation = network.deviation.map { _ in abs(next()) + 1 }
        network.hidden.values = network.hidden.values.map { _ in next() }
        network.hiddenBias = network.hiddenBias.map { _ in next() }
        network.output.values = network.output.values.map { _ in next() }
        network.outputBias = next()
        return network
    }

    @Test func aGateThatReadsTapsComesBackAndIsNotForOlderPrograms() throws {
        defer { TinyModel.remove(path) }
        var plugin = try Self.plugin()
        try plugin.save(to: path)
        #expect(try GGUFFile(path: path).integer("spa.version") == 1)
        let width = Self.sizes.baseWidth
        plugin.gate = Gate(
            subject: .network(Self.network([.tap(1)], inputWidth: width, hiddenWidth: 3)),
            effect: Self.network([.final, .tap(0), .confidence], inputWidth: 2 * width + 4, hiddenWidth: 4))
        try plugin.save(to: path)
        #expect(try GGUFFile(path: path).integer("spa.version") == 2)
        #expect(try Plugin.load(path: path, for: nil) == plugin)

        let past = Self.network([.tap(99)], inputWidth: width, hiddenWidth: 3)
        plugin.gate = Gate(subject: .network(past), effect: nil)
        try plugin.save(to: path)
        let problem = "metadata 'spa.gate.subject.reads' names what this plugin's gate cannot read"
        #expect(throws: EngineError.badPlugin(path: path, problem: problem)) {
            try Plugin.load(path: path, for: nil)
        }
    }

    @Test(arguments: GateKind.allCases) func comesBackEqual(kind: GateKind) throws {
        defer { TinyModel.remove(path) }
        let plugin = try Self.plugin(kind: kind)
        try plugin.save(to: path)
        #expect(try Plugin.load(path: path, for: nil) == plugin)
    }

    @Test(arguments: Method.allCases) func everyMethodComesBackEqual(method: Method) throws {
        defer { TinyModel.remove(path) }
        let plugin = try Self.plugin(method)
        try plugin.save(to: path)
        let back = try Plugin.load(path: path, for: nil)
        #expect(back == plugin && back.method == method)
        // Version 1 means SPA to those who know no other method.
        #expect(try GGUFFile(path: path).integer("spa.version") == (method == .spa ? 1 : 2))
    }

    @Test(arguments: Method.allCases) func onlyPluginsOfTheBasesSizesFit(method: Method) throws {
        let four = try BaseModel(file: TinyModel.file(), team: ThreadTeam(threads: 1))
        try Self.plugin(method, fingerprint: four.fingerprint).check(for: four, name: "plugin")
        let three = try BaseModel(
            file: TinyModel.file(shape: TinyModel.Shape(blockCount: 3)), team: ThreadTeam(threads: 1))
        let error = #expect(throws: EngineError.self) {
            try Self.plugin(method, fingerprint: three.fingerprint).check(for: three, name: "plugin")
        }
        #expect(error == .badPlugin(path: "plugin", problem: "its tensors do not fit the base's blocks"))
    }

    @Test func numbersThatAreNotFiniteAndUnknownMethodsAreRefused() throws {
        defer { TinyModel.remove(path) }
        guard case .lora(var lora) = Self.parts[.lora] else { return }
        lora.blocks[2].value.b.values[1] = .nan
        var broken = Plugin(
            method: .lora, part: .lora(lora), gate: nil, price: 0, baseName: "", baseFingerprint: "",
            facts: TrainingFacts())
        try broken.save(to: path)
        let error = #expect(throws: EngineError.self) { try Plugin.load(path: path, for: nil) }
        #expect(error.map(\.description)?.contains("blk.2.attn_v.weight.lora_b") == true)

        lora.blocks[2].value.b.values[1] = 0
        broken = Plugin(
            method: .lora, part: .lora(lora), gate: nil, price: .nan, baseName: "", baseFingerprint: "",
            facts: TrainingFacts())
        try broken.save(to: path)
        #expect(throws: EngineError.badPlugin(path: path, problem: "metadata 'spa.price' is no number")) {
            try Plugin.load(path: path, for: nil)
        }

        var writer = GGUFWriter()
        for (key, value) in [("general.architecture", "spa"), ("general.type", "adapter"), ("spa.method", "magic")] {
            writer.set(key, .string(value))
        }
        writer.set("spa.version", .uint32(1))
        try writer.write(to: path)
        #expect(throws: EngineError.badPlugin(path: path, problem: "metadata 'spa.method' names none of the methods")) {
            try Plugin.load(path: path, for: nil)
        }
    }

    @Test func isAnAdapterWithMatricesInHalfPrecision() throws {
        defer { TinyModel.remove(path) }
        try Self.plugin().save(to: path)
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
        try Self.plugin(fingerprint: "feedface00000000", base: "Elsewhere").save(to: path)
        let error = #expect(throws: EngineError.self) { try Plugin.load(path: path, for: base) }
        let text = error.map(\.description) ?? ""
        #expect(text.contains("Elsewhere") && text.contains("tiny model") && text.contains(path), "\(text)")

        try Self.plugin(fingerprint: base.fingerprint).save(to: path)
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
        try Self.plugin().save(to: path)
        let bytes = try GGUFFile(path: path).allBytes()
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
            #expect(throws: (any Error).self) {
                _ = try Plugin(file: GGUFFile(bytes: Array(bytes.prefix(count)), label: "cut"))
            }
        }
    }

    /// Any byte may be wrong: the file is refused, or read as a plugin of finite numbers; never a trap.
    @Test(arguments: [Method.spa, .lora, .adapter]) func damagedFilesAreRefusedOrHarmless(method: Method) throws {
        defer { TinyModel.remove(path) }
        try Self.plugin(method).save(to: path)
        let bytes = try GGUFFile(path: path).allBytes()
        var random = SeededRandom(seed: 11)
        var refused = 0
        for _ in 0..<1000 {
            var damaged = bytes
            for _ in 0...Int(random.next() % 3) {
                // Most of what can go wrong lies in the header.
                let bound = random.next() % 4 == 0 ? bytes.count : min(bytes.count, 4000)
                damaged[Int(random.next() % UInt64(bound))] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                let plugin = try Plugin(file: GGUFFile(bytes: damaged, label: "damaged"))
                #expect(plugin.part.tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) } && plugin.price.isFinite)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 250)
    }

    @Test(arguments: Method.allCases) func parameterCountsAreThoseOfTheTensors(method: Method) throws {
        let plugin = try Self.plugin(method)
        let gate = method.hasGate ? 2 * 64 + 2 + 5 * 64 + 2 * 5 + 1 : 0
        #expect(plugin.gateParameterCount == gate)
        #expect(plugin.parameterCount == gate + plugin.part.tensors.reduce(0) { $0 + $1.values.count })
    }
}

extension GGUFFile {
    /// The file's bytes, read again.
    fileprivate func allBytes() throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }
}
