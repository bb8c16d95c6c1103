import GGUF

/// The gate's part of a plugin's file. Files of version 1 have a linear part for the subject, and networks that read rms(f)
/// alone; what differs is named.
extension Gate {
    func write(to writer: inout GGUFWriter) throws(GGUFError) {
        writer.set("spa.gate", .string(kind.rawValue))
        switch subject {
        case .linear(let linear):
            try writer.add(
                name: "gate.linear.weight", type: .f32, shape: [linear.weight.columns, 2], values: linear.weight.values)
            try writer.add(name: "gate.linear.bias", type: .f32, shape: [2], values: linear.bias)
        case .network(let network): try network.write("subject", to: &writer)
        }
        try effect?.write("effect", to: &writer)
    }

    /// The oldest version of the file's format that can hold this gate.
    var fileVersion: Int { sources == [.final] && isSubjectLinear ? 1 : 2 }

    private var isSubjectLinear: Bool {
        if case .linear = subject { return true }
        return false
    }

    /// - Parameter taps: how many taps the plugin has for the gate to read.
    init(_ reader: PluginReader, baseWidth width: Int, taps: Int) throws(EngineError) {
        guard let kind = GateKind(rawValue: reader.file.string("spa.gate") ?? "") else {
            throw reader.error("metadata 'spa.gate' is missing or unknown")
        }
        let subject: SubjectGate
        if reader.file.tensor("gate.subject.hidden.bias") != nil {
            subject = .network(try GateNetwork(reader, "subject", baseWidth: width, taps: taps))
        } else {
            let weight = try reader.values("gate.linear.weight", [width, 2])
            var linear = LinearGate(baseWidth: width)
            linear.weight.values = weight
            linear.bias = try reader.values("gate.linear.bias", [2])
            subject = .linear(linear)
        }
        let effect = kind == .effect ? try GateNetwork(reader, "effect", baseWidth: width, taps: taps) : nil
        self.init(subject: subject, effect: effect)
    }
}

extension GateNetwork {
    fileprivate func write(_ part: String, to writer: inout GGUFWriter) throws(GGUFError) {
        let (width, hidden) = (mean.count, hiddenBias.count)
        if sources != [.final] {
            writer.set("spa.gate.\(part).reads", .string(sources.map(\.name).joined(separator: ",")))
        }
        for (name, shape, values) in [
            ("mean", [width], mean), ("deviation", [width], deviation),
            ("hidden.weight", [width, hidden], self.hidden.values), ("hidden.bias", [hidden], hiddenBias),
            ("output.weight", [hidden, 1], output.values), ("output.bias", [1], [outputBias]),
        ] {
            try writer.add(name: "gate.\(part).\(name)", type: .f32, shape: shape, values: values)
        }
    }

    fileprivate init(_ reader: PluginReader, _ part: String, baseWidth: Int, taps: Int) throws(EngineError) {
        let names = (reader.file.string("spa.gate.\(part).reads") ?? GateSource.final.name).split(separator: ",")
        let sources = names.compactMap { GateSource(name: $0) }
        let isReadable = sources.allSatisfy { source in
            guard case .tap(let index) = source else { return true }
            return index < taps
        }
        guard !sources.isEmpty, sources.count == names.count, Set(sources).count == sources.count, isReadable else {
            throw reader.error("metadata 'spa.gate.\(part).reads' names what this plugin's gate cannot read")
        }
        let width = sources.reduce(0) { $0 + $1.width(base: baseWidth) }
        let hidden = reader.file.tensor("gate.\(part).hidden.bias")?.shape.first ?? 0
        guard (1...1 << 16).contains(hidden) else {
            throw reader.error("tensor 'gate.\(part).hidden.bias' is missing or empty")
        }
        let weight = try reader.values("gate.\(part).hidden.weight", [width, hidden])
        self.init(sources: sources, inputWidth: width, hiddenWidth: hidden)
        mean = try reader.values("gate.\(part).mean", [width])
        deviation = try reader.values("gate.\(part).deviation", [width])
        self.hidden.values = weight
        hiddenBias = try reader.values("gate.\(part).hidden.bias", [hidden])
        output.values = try reader.values("gate.\(part).output.weight", [hidden, 1])
        outputBias = try reader.values("gate.\(part).output.bias", [1])[0]
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw reader.error("tensor 'gate.\(part).deviation' has numbers that are not positive")
        }
    }
}
