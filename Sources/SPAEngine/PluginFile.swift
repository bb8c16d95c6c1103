import Compute
import GGUF

/// The plugin's file: one GGUF of type `adapter`.
extension Plugin {
    private static let architecture = "spa"
    private static let formatVersion = 1

    /// Writes the plugin, whole or not at all. Matrices of the side are kept in half precision.
    public func save(to path: String) throws(GGUFError) {
        var writer = GGUFWriter()
        let configuration = side.configuration
        writer.set("general.architecture", .string(Self.architecture))
        writer.set("general.type", .string("adapter"))
        writer.set("general.name", .string(facts.subject))
        writer.set("adapter.type", .string("side"))
        writer.set("spa.version", .uint32(UInt32(Self.formatVersion)))
        writer.set("spa.base.name", .string(baseName))
        writer.set("spa.base.fingerprint", .string(baseFingerprint))
        writer.set("spa.base.width", .uint32(UInt32(configuration.baseWidth)))
        writer.set("spa.taps", .string(configuration.taps.map(String.init).joined(separator: ",")))
        writer.set("spa.width", .uint32(UInt32(configuration.width)))
        writer.set("spa.inner_width", .uint32(UInt32(configuration.innerWidth)))
        writer.set("spa.gate", .string(gate.kind.rawValue))
        writer.set("spa.price", .float32(price))
        for (key, value) in [
            ("rows", facts.rows), ("held_out_rows", facts.heldOutRows), ("tokens", facts.tokens),
            ("anchors", facts.anchors), ("epochs", facts.epochs), ("best_epoch", facts.bestEpoch),
        ] {
            writer.set("spa.training.\(key)", .uint64(UInt64(max(0, value))))
        }
        writer.set("spa.training.method", .string(facts.method))
        writer.set("spa.training.seed", .uint64(facts.seed))
        writer.set("spa.training.date", .string(facts.date))
        writer.set("spa.training.loss.base", .float32(facts.heldOutLoss.base))
        writer.set("spa.training.loss.side", .float32(facts.heldOutLoss.side))
        writer.set("spa.training.loss.gated", .float32(facts.heldOutLoss.gated))
        writer.set("spa.training.usage.own", .float32(facts.usagePercent.own))
        writer.set("spa.training.usage.general", .float32(facts.usagePercent.general))
        for tensor in side.tensors {
            try writer.add(
                name: tensor.name, type: tensor.isMatrix ? .f16 : .f32, shape: tensor.shape, values: tensor.values)
        }
        for (name, shape, values) in gate.tensors {
            try writer.add(name: name, type: .f32, shape: shape, values: values)
        }
        try writer.write(to: path)
    }

    /// Reads a plugin and, where a base is given, refuses one that was trained on another.
    public static func load(path: String, for base: BaseModel?) throws -> Plugin {
        let file = try GGUFFile(path: path)
        let plugin = try Plugin(file: file)
        if let base, plugin.baseFingerprint != base.fingerprint {
            throw EngineError.wrongBase(
                path: path, pluginBase: "\(plugin.baseName) (\(plugin.baseFingerprint.prefix(8)))",
                loadedBase: "\(base.name) (\(base.fingerprint.prefix(8)))")
        }
        return plugin
    }

    /// Reads a plugin out of an open file.
    public init(file: GGUFFile) throws(EngineError) {
        let path = file.path
        guard file.string("general.architecture") == Self.architecture, file.string("general.type") == "adapter" else {
            throw .badPlugin(path: path, problem: "this is not a side plugin")
        }
        func integer(_ key: String, in range: ClosedRange<Int>) throws(EngineError) -> Int {
            guard let value = file.integer(key), range.contains(value) else {
                throw .badPlugin(path: path, problem: "metadata '\(key)' is missing or makes no sense")
            }
            return value
        }
        guard try integer("spa.version", in: 1...Int(UInt32.max)) <= Self.formatVersion else {
            throw .badPlugin(path: path, problem: "this plugin was made by a newer version of spa")
        }
        let taps = (file.string("spa.taps") ?? "").split(separator: ",").compactMap { Int($0) }
        guard !taps.isEmpty, taps.count <= 1024, taps == Set(taps).sorted(), taps[0] >= 1 else {
            throw .badPlugin(path: path, problem: "metadata 'spa.taps' is missing or makes no sense")
        }
        let configuration = SideConfiguration(
            taps: taps, width: try integer("spa.width", in: 1...1 << 16),
            innerWidth: try integer("spa.inner_width", in: 1...1 << 18),
            baseWidth: try integer("spa.base.width", in: 1...1 << 20))
        guard let kind = GateKind(rawValue: file.string("spa.gate") ?? "") else {
            throw .badPlugin(path: path, problem: "metadata 'spa.gate' is missing or unknown")
        }
        func values(_ name: String, _ shape: [Int]) throws(EngineError) -> [Float] {
            guard let tensor = file.tensor(name) else {
                throw .badPlugin(path: path, problem: "tensor '\(name)' is missing")
            }
            guard tensor.shape.filter({ $0 != 1 }) == shape.filter({ $0 != 1 }) else {
                throw .wrongShape(path: path, name: name, expected: shape, found: tensor.shape)
            }
            let values = file.dequantise(tensor, rows: 0..<tensor.rows)
            guard values.allSatisfy(\.isFinite) else {
                throw .badPlugin(path: path, problem: "tensor '\(name)' has numbers that are not finite")
            }
            return values
        }
        // Shapes are checked against the file before anything of their size is allocated.
        var tensors: [[Float]] = []
        for (name, shape) in SideNetwork.layout(configuration) { tensors.append(try values(name, shape)) }
        var side = SideNetwork(zeros: configuration)
        side.setTensors(tensors)
        var linear = LinearGate(baseWidth: configuration.baseWidth)
        linear.weight.values = try values("gate.linear.weight", [configuration.baseWidth, 2])
        linear.bias = try values("gate.linear.bias", [2])
        var effect: EffectGate?
        if kind == .effect {
            let hidden = file.tensor("gate.effect.hidden.bias")?.shape.first ?? 0
            guard (1...1 << 16).contains(hidden) else {
                throw .badPlugin(path: path, problem: "tensor 'gate.effect.hidden.bias' is missing or empty")
            }
            let width = configuration.baseWidth
            let weight = try values("gate.effect.hidden.weight", [width, hidden])
            var part = EffectGate(baseWidth: width, hiddenWidth: hidden)
            part.mean = try values("gate.effect.mean", [width])
            part.deviation = try values("gate.effect.deviation", [width])
            part.hidden.values = weight
            part.hiddenBias = try values("gate.effect.hidden.bias", [hidden])
            part.output.values = try values("gate.effect.output.weight", [hidden, 1])
            part.outputBias = try values("gate.effect.output.bias", [1])[0]
            guard part.deviation.allSatisfy({ $0 > 0 }) else {
                throw .badPlugin(
                    path: path, problem: "tensor 'gate.effect.deviation' has numbers that are not positive")
            }
            effect = part
        }
        var facts = TrainingFacts()
        func number(_ key: String) -> Float { Float(file.float("spa.training.\(key)") ?? 0) }
        facts.subject = file.string("general.name") ?? ""
        facts.method = file.string("spa.training.method") ?? "spa"
        facts.rows = file.integer("spa.training.rows") ?? 0
        facts.heldOutRows = file.integer("spa.training.held_out_rows") ?? 0
        facts.tokens = file.integer("spa.training.tokens") ?? 0
        facts.anchors = file.integer("spa.training.anchors") ?? 0
        facts.epochs = file.integer("spa.training.epochs") ?? 0
        facts.bestEpoch = file.integer("spa.training.best_epoch") ?? 0
        facts.seed = UInt64(max(0, file.integer("spa.training.seed") ?? 0))
        facts.date = file.string("spa.training.date") ?? ""
        facts.heldOutLoss = PathLosses(
            base: number("loss.base"), side: number("loss.side"), gated: number("loss.gated"))
        facts.usagePercent = (number("usage.own"), number("usage.general"))
        self.init(
            side: side, gate: Gate(linear: linear, effect: effect), price: Float(file.float("spa.price") ?? 0.3),
            baseName: file.string("spa.base.name") ?? "an unnamed base",
            baseFingerprint: file.string("spa.base.fingerprint") ?? "", facts: facts)
    }
}

extension SideNetwork {
    /// The name and shape (columns first) of every tensor, in the order of `tensors`.
    static func layout(_ configuration: SideConfiguration) -> [(name: String, shape: [Int])] {
        let (d, inner, width) = (configuration.width, configuration.innerWidth, configuration.baseWidth)
        var result = [("side.alpha", [configuration.taps.count])]
        for k in configuration.taps.indices {
            result += [
                ("side.down.\(k).weight", [width, d]), ("side.blocks.\(k).norm.weight", [d]),
                ("side.blocks.\(k).gate_up.weight", [d, 2 * inner]), ("side.blocks.\(k).output.weight", [inner, d]),
            ]
        }
        return result + [("side.norm.weight", [d]), ("side.up.weight", [d, width])]
    }
}

extension Gate {
    /// The name, shape (columns first) and numbers of every tensor.
    fileprivate var tensors: [(String, [Int], [Float])] {
        var result: [(String, [Int], [Float])] = [
            ("gate.linear.weight", [linear.weight.columns, 2], linear.weight.values),
            ("gate.linear.bias", [2], linear.bias),
        ]
        guard let effect else { return result }
        let hidden = effect.hiddenBias.count
        result += [
            ("gate.effect.mean", [effect.mean.count], effect.mean),
            ("gate.effect.deviation", [effect.deviation.count], effect.deviation),
            ("gate.effect.hidden.weight", [effect.mean.count, hidden], effect.hidden.values),
            ("gate.effect.hidden.bias", [hidden], effect.hiddenBias),
            ("gate.effect.output.weight", [hidden, 1], effect.output.values),
            ("gate.effect.output.bias", [1], [effect.outputBias]),
        ]
        return result
    }
}
