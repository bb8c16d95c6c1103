import GGUF

/// The gate's part of a plugin's file.
extension Gate {
    func write(to writer: inout GGUFWriter) throws(GGUFError) {
        writer.set("spa.gate", .string(kind.rawValue))
        for (name, shape, values) in tensors {
            try writer.add(name: name, type: .f32, shape: shape, values: values)
        }
    }

    init(_ reader: PluginReader, baseWidth width: Int) throws(EngineError) {
        guard let kind = GateKind(rawValue: reader.file.string("spa.gate") ?? "") else {
            throw reader.error("metadata 'spa.gate' is missing or unknown")
        }
        let weight = try reader.values("gate.linear.weight", [width, 2])
        var linear = LinearGate(baseWidth: width)
        linear.weight.values = weight
        linear.bias = try reader.values("gate.linear.bias", [2])
        self.init(linear: linear, effect: kind == .effect ? try EffectGate(reader, baseWidth: width) : nil)
    }

    /// The name, shape (columns first) and numbers of every tensor.
    private var tensors: [(String, [Int], [Float])] {
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

extension EffectGate {
    fileprivate init(_ reader: PluginReader, baseWidth width: Int) throws(EngineError) {
        let hidden = reader.file.tensor("gate.effect.hidden.bias")?.shape.first ?? 0
        guard (1...1 << 16).contains(hidden) else {
            throw reader.error("tensor 'gate.effect.hidden.bias' is missing or empty")
        }
        let weight = try reader.values("gate.effect.hidden.weight", [width, hidden])
        self.init(baseWidth: width, hiddenWidth: hidden)
        mean = try reader.values("gate.effect.mean", [width])
        deviation = try reader.values("gate.effect.deviation", [width])
        self.hidden.values = weight
        hiddenBias = try reader.values("gate.effect.hidden.bias", [hidden])
        output.values = try reader.values("gate.effect.output.weight", [hidden, 1])
        outputBias = try reader.values("gate.effect.output.bias", [1])[0]
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw reader.error("tensor 'gate.effect.deviation' has numbers that are not positive")
        }
    }
}
