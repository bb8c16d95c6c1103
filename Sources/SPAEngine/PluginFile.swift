import Compute
import GGUF

/// The plugin's file: one GGUF of type `adapter`, whose `spa.method` says what it holds.
extension Plugin {
    private static let architecture = "spa"
    /// Version 2 brought the other methods, and gates that read more than rms(f).
    /// Version 3 brought question gates.
    private static let formatVersion = 3

    /// Writes the plugin, whole or not at all. Matrices of the part are kept in half precision.
    public func save(to path: String) throws(GGUFError) {
        var writer = GGUFWriter()
        writer.set("general.architecture", .string(Self.architecture))
        writer.set("general.type", .string("adapter"))
        writer.set("general.name", .string(facts.subject))
        writer.set("adapter.type", .string(part.typeName))
        let version = questions != nil ? Self.formatVersion : method == .spa ? gate?.fileVersion ?? 1 : 2
        writer.set("spa.version", .uint32(UInt32(version)))
        writer.set("spa.method", .string(method.rawValue))
        writer.set("spa.base.name", .string(baseName))
        writer.set("spa.base.fingerprint", .string(baseFingerprint))
        part.writeSizes(to: &writer)
        writer.set("spa.price", .float32(price))
        facts.write(to: &writer)
        for tensor in part.tensors {
            try writer.add(
                name: tensor.name, type: tensor.isMatrix ? .f16 : .f32, shape: tensor.shape, values: tensor.values)
        }
        if let gate { try gate.write(to: &writer) }
        try questions?.write(to: &writer)
        try writer.write(to: path)
    }

    /// Reads a plugin and, where a base is given, refuses one that was trained on another.
    public static func load(path: String, for base: BaseModel?) throws -> Plugin {
        let file = try GGUFFile(path: path)
        let plugin = try Plugin(file: file)
        if let base { try plugin.check(for: base, name: path) }
        return plugin
    }

    /// Reads a plugin out of an open file.
    public init(file: GGUFFile) throws(EngineError) {
        let reader = PluginReader(file: file)
        guard file.string("general.architecture") == Self.architecture, file.string("general.type") == "adapter" else {
            throw reader.error("this is not a side plugin")
        }
        guard try reader.integer("spa.version", in: 1...Int(UInt32.max)) <= Self.formatVersion else {
            throw reader.error("this plugin was made by a newer version of spa")
        }
        // Files from before there were other methods do not name theirs.
        guard let method = Method(rawValue: file.string("spa.method") ?? Method.spa.rawValue) else {
            throw reader.error("metadata 'spa.method' names none of the methods")
        }
        let baseWidth = try reader.integer("spa.base.width", in: 1...1 << 20)
        let part = try PluginPart(reader, method: method, baseWidth: baseWidth)
        let price = Float(file.float("spa.price") ?? 0.3)
        guard price.isFinite else { throw reader.error("metadata 'spa.price' is no number") }
        self.init(
            method: method, part: part,
            gate: method.hasGate ? try Gate(reader, baseWidth: baseWidth, taps: part.tapCount) : nil,
            price: price,
            baseName: file.string("spa.base.name") ?? "an unnamed base",
            baseFingerprint: file.string("spa.base.fingerprint") ?? "", facts: TrainingFacts(file))
        questions = try QuestionGate(reader, baseWidth: baseWidth)
    }
}

extension PluginPart {
    fileprivate var typeName: String {
        switch self {
        case .side: "side"
        case .lora: "lora"
        case .adapter: "adapter"
        }
    }

    fileprivate var tapCount: Int {
        if case .side(let side) = self { side.configuration.taps.count } else { 0 }
    }

    /// Every tensor in order.
    package var tensors: [NamedTensor] {
        switch self {
        case .side(let part): part.tensors
        case .lora(let part): part.tensors
        case .adapter(let part): part.tensors
        }
    }

    fileprivate func writeSizes(to writer: inout GGUFWriter) {
        func set(_ key: String, _ value: Int) { writer.set("spa.\(key)", .uint32(UInt32(value))) }
        switch self {
        case .side(let part):
            let sizes = part.configuration
            set("base.width", sizes.baseWidth)
            writer.set("spa.taps", .string(sizes.taps.map(String.init).joined(separator: ",")))
            set("width", sizes.width)
            set("inner_width", sizes.innerWidth)
        case .lora(let part):
            let sizes = part.configuration
            set("base.width", sizes.baseWidth)
            set("base.block_count", sizes.blockCount)
            set("base.query_width", sizes.queryWidth)
            set("base.value_width", sizes.valueWidth)
            set("rank", sizes.rank)
            writer.set("adapter.lora.alpha", .float32(sizes.alpha))
        case .adapter(let part):
            set("base.width", part.configuration.baseWidth)
            set("base.block_count", part.configuration.blockCount)
            set("width", part.configuration.width)
        }
    }

    fileprivate init(_ reader: PluginReader, method: Method, baseWidth: Int) throws(EngineError) {
        func size(_ key: String, upTo most: Int = 1 << 20) throws(EngineError) -> Int {
            try reader.integer("spa.\(key)", in: 1...most)
        }
        switch method {
        case .spa, .lst, .integration, .separation:
            let taps = (reader.file.string("spa.taps") ?? "").split(separator: ",").compactMap { Int($0) }
            guard !taps.isEmpty, taps.count <= 1024, taps == Set(taps).sorted(), taps[0] >= 1 else {
                throw reader.error("metadata 'spa.taps' is missing or makes no sense")
            }
            let sizes = SideConfiguration(
                taps: taps, width: try size("width", upTo: 1 << 16), innerWidth: try size("inner_width", upTo: 1 << 18),
                baseWidth: baseWidth)
            self = .side(try reader.part(SideNetwork.self, sizes))
        case .lora:
            let alpha = Float(reader.file.float("adapter.lora.alpha") ?? 0)
            guard alpha.isFinite, alpha > 0 else {
                throw reader.error("metadata 'adapter.lora.alpha' is missing or makes no sense")
            }
            let sizes = LowRankConfiguration(
                blockCount: try size("base.block_count", upTo: 1024), baseWidth: baseWidth,
                queryWidth: try size("base.query_width"), valueWidth: try size("base.value_width"),
                rank: try size("rank", upTo: 1 << 16), alpha: alpha)
            self = .lora(try reader.part(LowRankAdaptation.self, sizes))
        case .adapter:
            let sizes = SerialAdapterConfiguration(
                blockCount: try size("base.block_count", upTo: 1024), baseWidth: baseWidth,
                width: try size("width", upTo: 1 << 16))
            self = .adapter(try reader.part(SerialAdapter.self, sizes))
        }
    }
}

extension TrainingFacts {
    fileprivate func write(to writer: inout GGUFWriter) {
        for (key, value) in [
            ("rows", rows), ("held_out_rows", heldOutRows), ("tokens", tokens), ("anchors", anchors),
            ("epochs", epochs), ("best_epoch", bestEpoch),
        ] {
            writer.set("spa.training.\(key)", .uint64(UInt64(max(0, value))))
        }
        writer.set("spa.training.seed", .uint64(seed))
        writer.set("spa.training.date", .string(date))
        writer.set("spa.training.loss.base", .float32(heldOutLoss.base))
        writer.set("spa.training.loss.side", .float32(heldOutLoss.side))
        writer.set("spa.training.loss.gated", .float32(heldOutLoss.gated))
        writer.set("spa.training.usage.own", .float32(usagePercent.own))
        writer.set("spa.training.usage.general", .float32(usagePercent.general))
    }

    fileprivate init(_ file: GGUFFile) {
        func number(_ key: String) -> Float { Float(file.float("spa.training.\(key)") ?? 0) }
        subject = file.string("general.name") ?? ""
        rows = file.integer("spa.training.rows") ?? 0
        heldOutRows = file.integer("spa.training.held_out_rows") ?? 0
        tokens = file.integer("spa.training.tokens") ?? 0
        anchors = file.integer("spa.training.anchors") ?? 0
        epochs = file.integer("spa.training.epochs") ?? 0
        bestEpoch = file.integer("spa.training.best_epoch") ?? 0
        seed = file.unsigned("spa.training.seed") ?? 0
        date = file.string("spa.training.date") ?? ""
        heldOutLoss = PathLosses(base: number("loss.base"), side: number("loss.side"), gated: number("loss.gated"))
        usagePercent = (number("usage.own"), number("usage.general"))
    }
}
