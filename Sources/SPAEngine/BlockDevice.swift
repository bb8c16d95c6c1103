import Compute

/// The device of a plugin inside the base's blocks: it works out what the blocks' states are changed by. The tokens are
/// the cloud's, which has the last block's states.
public final class BlockDevice: LinkDevice {
    private let part: BlockInference
    private let base: ModelConfiguration
    private let team: ThreadTeam
    private let clock: any LinkClock

    /// A device for LoRA or Adapter.
    init(_ part: BlockInference, base: BaseModel, clock: any LinkClock = SystemClock()) {
        self.part = part
        self.base = base.configuration
        team = base.team
        self.clock = clock
    }

    /// nil for a plugin that is a side network.
    package convenience init?(_ plugin: Plugin, base: BaseModel) throws(EngineError) {
        guard let part = try ReadyPlugin(plugin, base: base).blocks else { return nil }
        self.init(part, base: base)
    }

    /// - Throws: `badFrame` where the states are not those of a site of this plugin.
    public func serve(_ frame: BlockStateFrame) throws(EngineError) -> BlockCorrectionFrame {
        let start = clock.now()
        let states = frame.states
        guard states.columns == base.width, frame.block < base.blockCount, part.sites.contains(frame.site) else {
            throw .badFrame(
                problem:
                    "states of \(states.columns) at site \(frame.site.rawValue) of block \(frame.block), the plugin "
                    + "reads \(base.width) in \(base.blockCount) blocks")
        }
        let corrections = part.correction(of: states, block: frame.block, site: frame.site, team: team)
        let microseconds = max(0, (clock.now() - start) * 1000)
        return BlockCorrectionFrame(
            to: frame, corrections: corrections, deviceMicroseconds: UInt32(min(microseconds, 4e9)))
    }
}
