import Compute
import GGUF

/// The plugin's file: one GGUF, `general.type` "adapter", architecture "spa". Matrices in half precision, everything
/// else in f32.
extension Plugin {
    static let formatVersion = 1

    /// Reads a plugin and checks that it belongs to `base`; with nil it is read for inspection alone.
    public static func load(path: String, for base: BaseModel?) throws(EngineError) -> Plugin {
        let plugin = try load(path: path, for: base?.identity)
        if let base, let problem = plugin.misfit(with: base.configuration) {
            throw .badPlugin(path: path, problem: problem)
        }
        return plugin
    }

    /// As `load(path:for:)`, where only the base's identity is at hand.
    public static func load(path: String, for base: BaseIdentity?) throws(EngineError) -> Plugin {
        let file: GGUFFile
        do {
            file = try GGUFFile(path: path)
        } catch {
            throw .badPlugin(path: path, problem: "is not a plugin file: \(error)")
        }
        let plugin = try Plugin(file: file, path: path)
        if let base, base.fingerprint != plugin.base.fingerprint {
            throw .wrongBase(path: path, pluginBase: plugin.base.label, loadedBase: base.label)
        }
        return plugin
    }

    /// Writes the file whole or not at all.
    public func save(to path: String) throws(EngineError) {
        do {
            try writer().write(to: path)
        } catch {
            throw .badPlugin(path: path, problem: "cannot be written: \(error)")
        }
    }

    /// The plugin as it is read back from its file: matrices rounded to half precision. What is measured on this one
    /// holds for the file.
    public func rounded() -> Plugin {
        var result = self
        result.side = side.rounded()
        return result
    }

    private func misfit(with base: ModelConfiguration) -> String? {
        let sizes = side.configuration
        if sizes.baseWidth != base.width { return "is \(sizes.baseWidth) wide and the base \(base.width)" }
        if let last = sizes.taps.last, last > base.blockCount {
            return "taps block \(last) and the base has \(base.blockCount)"
        }
        return nil
    }

    package func writer() throws(GGUFError) -> GGUFWriter {
        var writer = GGUFWriter()
        let sizes = side.configuration
        writer.set("general.type", .string("adapter"))
        writer.set("general.architecture", .string("spa"))
        writer.set("general.name", .string(facts.subject))
        writer.set("spa.format_version", .uint32(UInt32(Self.formatVersion)))
        writer.set("spa.base.name", .string(base.name))
        writer.set("spa.base.fingerprint", .string(base.fingerprint))
        writer.set("spa.taps", .int32s(sizes.taps.map { Int32($0) }))
        writer.set("spa.width", .uint32(UInt32(sizes.width)))
        writer.set("spa.inner_width", .uint32(UInt32(sizes.innerWidth)))
        writer.set("spa.base_width", .uint32(UInt32(sizes.baseWidth)))
        writer.set("spa.gate", .string(gate.kind.rawValue))
        writer.set("spa.price", .float32(price))
        facts.write(to: &writer)
        for (shape, parameter) in zip(sizes.parameterShapes, side.parameters) {
            let type: GGMLType = shape.isMatrix ? .f16 : .f32
            try writer.add(
                name: "side.\(shape.name)", type: type, shape: [shape.columns, shape.rows], values: parameter.values)
        }
        for (name, matrix) in gate.namedParameters {
            try writer.add(name: name, type: .f32, shape: [matrix.columns, matrix.rows], values: matrix.values)
        }
        return writer
    }

    private init(file: GGUFFile, path: String) throws(EngineError) {
        let reader = PluginReader(file: file, path: path)
        guard file.string("general.architecture") == "spa" else {
            let found = file.string("general.architecture") ?? "unknown"
            throw .badPlugin(path: path, problem: "holds a model of architecture '\(found)', not a side plugin")
        }
        guard try reader.integer("spa.format_version") == Self.formatVersion else {
            throw .badPlugin(path: path, problem: "was made by another version of spa; train it again")
        }
        let taps = file.integers("spa.taps") ?? []
        let ascending = zip(taps, taps.dropFirst()).allSatisfy { $0 < $1 }
        guard let first = taps.first, first >= 1, ascending, taps.count <= 1024 else {
            throw .badPlugin(path: path, problem: "has no ascending list of taps (spa.taps)")
        }
        let sizes = SideConfiguration(
            taps: taps, width: try reader.width("spa.width"), innerWidth: try reader.width("spa.inner_width"),
            baseWidth: try reader.width("spa.base_width"))
        var parameters: [Matrix] = []
        for shape in sizes.parameterShapes {
            parameters.append(try reader.matrix("side.\(shape.name)", rows: shape.rows, columns: shape.columns))
        }
        side = SideNetwork(configuration: sizes, parameters: parameters)
        guard let kind = GateKind(rawValue: try reader.string("spa.gate")) else {
            throw .badPlugin(path: path, problem: "has a gate of unknown kind; use a newer version of spa")
        }
        gate = try reader.gate(kind, baseWidth: sizes.baseWidth)
        let price = file.float("spa.price").map { Float($0) } ?? .nan
        guard price.isFinite else { throw .badPlugin(path: path, problem: "has no price (spa.price)") }
        self.price = price
        base = BaseIdentity(
            name: try reader.string("spa.base.name"), fingerprint: try reader.string("spa.base.fingerprint"))
        facts = TrainingFacts(file: file)
    }
}

extension BaseIdentity {
    /// Name and the first digits of the fingerprint: two files of one name stay apart.
    var label: String { "\(name) (\(fingerprint.prefix(8)))" }
}

extension SideNetwork {
    /// Matrices rounded to half precision, as the file holds them.
    package func rounded() -> SideNetwork {
        let parameters = zip(configuration.parameterShapes, parameters).map { shape, matrix in
            guard shape.isMatrix else { return matrix }
            let values = HalfVector.decode(HalfVector.encode(matrix.values))
            return Matrix(rows: matrix.rows, columns: matrix.columns, values: values)
        }
        return SideNetwork(configuration: configuration, parameters: parameters)
    }
}

extension Gate {
    fileprivate var namedParameters: [(String, Matrix)] {
        var result = [("gate.linear.weight", linear.weight), ("gate.linear.bias", linear.bias)]
        if let effect {
            result += [
                ("gate.effect.mean", effect.mean), ("gate.effect.inverse_deviation", effect.inverseDeviation),
                ("gate.effect.hidden.weight", effect.hiddenWeight), ("gate.effect.hidden.bias", effect.hiddenBias),
                ("gate.effect.output.weight", effect.outputWeight), ("gate.effect.output.bias", effect.outputBias),
            ]
        }
        return result
    }
}

extension TrainingFacts {
    fileprivate func write(to writer: inout GGUFWriter) {
        writer.set("spa.training.subject", .string(subject))
        let counts = [
            ("rows", rows), ("held_out_rows", heldOutRows), ("tokens", tokens), ("anchors", anchors),
            ("epochs", epochs),
        ]
        for (key, value) in counts { writer.set("spa.training.\(key)", .uint64(UInt64(clamping: value))) }
        writer.set("spa.training.seed", .uint64(seed))
        let measures = [
            ("base_loss", baseLoss), ("side_loss", sideLoss), ("gated_loss", gatedLoss), ("own_usage", ownUsage),
            ("general_usage", generalUsage),
        ]
        for (key, value) in measures { writer.set("spa.training.\(key)", .float32(value)) }
        writer.set("spa.training.date", .string(date))
        writer.set("spa.training.program_version", .string(programVersion))
    }

    fileprivate init(file: GGUFFile) {
        func count(_ key: String) -> Int { max(0, file.integer("spa.training.\(key)") ?? 0) }
        func measure(_ key: String) -> Float { file.float("spa.training.\(key)").map { Float($0) } ?? .nan }
        subject = file.string("spa.training.subject") ?? ""
        rows = count("rows")
        heldOutRows = count("held_out_rows")
        tokens = count("tokens")
        anchors = count("anchors")
        epochs = count("epochs")
        if case .uint64(let value)? = file.value("spa.training.seed") { seed = value }
        baseLoss = measure("base_loss")
        sideLoss = measure("side_loss")
        gatedLoss = measure("gated_loss")
        ownUsage = measure("own_usage")
        generalUsage = measure("general_usage")
        date = file.string("spa.training.date") ?? ""
        programVersion = file.string("spa.training.program_version") ?? ""
    }
}

/// Reads values that must be there, with errors that name them.
private struct PluginReader {
    let file: GGUFFile
    let path: String

    func string(_ key: String) throws(EngineError) -> String {
        guard let value = file.string(key) else { throw .badPlugin(path: path, problem: "lacks '\(key)'") }
        return value
    }

    func integer(_ key: String) throws(EngineError) -> Int {
        guard let value = file.integer(key) else { throw .badPlugin(path: path, problem: "lacks '\(key)'") }
        return value
    }

    /// A width that a network can have; parameters are read only after their tensors are found to have these sizes.
    func width(_ key: String) throws(EngineError) -> Int {
        let value = try integer(key)
        guard value > 0, value <= 1 << 20 else { throw .badPlugin(path: path, problem: "has '\(key)' \(value)") }
        return value
    }

    func matrix(_ name: String, rows: Int, columns: Int) throws(EngineError) -> Matrix {
        guard let tensor = file.tensor(name) else { throw .badPlugin(path: path, problem: "lacks tensor '\(name)'") }
        guard tensor.shape == [columns, rows] else {
            throw .badPlugin(
                path: path, problem: "has tensor '\(name)' of shape \(tensor.shape) in place of \([columns, rows])")
        }
        let values = file.dequantise(tensor)
        guard values.allSatisfy(\.isFinite) else {
            throw .badPlugin(path: path, problem: "has numbers in tensor '\(name)' that are not finite")
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    func gate(_ kind: GateKind, baseWidth: Int) throws(EngineError) -> Gate {
        let linear = LinearGate(
            weight: try matrix("gate.linear.weight", rows: 2, columns: baseWidth),
            bias: try matrix("gate.linear.bias", rows: 1, columns: 2))
        guard kind == .effect else { return Gate(linear: linear) }
        guard let tensor = file.tensor("gate.effect.hidden.weight") else {
            throw .badPlugin(path: path, problem: "lacks tensor 'gate.effect.hidden.weight'")
        }
        let hidden = tensor.rows
        return Gate(
            linear: linear,
            effect: EffectGate(
                mean: try matrix("gate.effect.mean", rows: 1, columns: baseWidth),
                inverseDeviation: try matrix("gate.effect.inverse_deviation", rows: 1, columns: baseWidth),
                hiddenWeight: try matrix("gate.effect.hidden.weight", rows: hidden, columns: baseWidth),
                hiddenBias: try matrix("gate.effect.hidden.bias", rows: 1, columns: hidden),
                outputWeight: try matrix("gate.effect.output.weight", rows: 1, columns: hidden),
                outputBias: try matrix("gate.effect.output.bias", rows: 1, columns: 1)))
    }
}
