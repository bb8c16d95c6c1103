/// A plugin made ready for its device, once for many replies.
struct ReadyPlugin: Sendable {
    enum Part: Sendable {
        /// One position at a time.
        case side(SideInference)
        /// Inside the base's blocks.
        case blocks(BlockInference)
    }
    let plugin: Plugin
    let part: Part
    /// nil where the method has no gate.
    let gate: GateInference?

    /// - Throws: `wrongBase`, `badPlugin`, `outOfMemory`.
    init(_ plugin: Plugin, base: BaseModel) throws(EngineError) {
        try plugin.check(for: base, name: "the plugin '\(plugin.facts.subject)'")
        self.plugin = plugin
        gate = try plugin.gate.map { gate throws(EngineError) in
            guard let inference = GateInference(gate) else {
                throw .outOfMemory(what: "the gate", bytes: 2 * gate.parameterCount)
            }
            return inference
        }
        switch plugin.part {
        case .side(let side):
            guard let inference = SideInference(side) else {
                throw .outOfMemory(what: "the side network", bytes: 2 * side.configuration.parameterCount)
            }
            part = .side(inference)
        case .lora(let adaptation): part = .blocks(try Self.ready(BlockInference(adaptation), plugin))
        case .adapter(let adapter): part = .blocks(try Self.ready(BlockInference(adapter), plugin))
        }
    }

    private static func ready(_ inference: BlockInference?, _ plugin: Plugin) throws(EngineError) -> BlockInference {
        guard let inference else {
            throw .outOfMemory(what: "the plugin", bytes: 2 * plugin.part.parameterCount)
        }
        return inference
    }

    /// What acts inside the base's blocks; nil for a side network.
    var blocks: BlockInference? {
        guard case .blocks(let part) = part else { return nil }
        return part
    }
}

extension BlockExchanges {
    /// Exchanges with a device in this process and no network: where no latency is looked at. The numbers are those of every
    /// other link.
    convenience init(_ part: BlockInference, base: BaseModel) {
        self.init(
            sites: part.sites, base: base, link: InProcessLink(device: BlockDevice(part, base: base)),
            interruption: Interruption())
    }

    /// The same for a plugin; nil for one that does not act inside the blocks.
    package convenience init?(_ plugin: Plugin, base: BaseModel) throws(EngineError) {
        guard let part = try ReadyPlugin(plugin, base: base).blocks else { return nil }
        self.init(part, base: base)
    }
}
