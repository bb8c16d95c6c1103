import Compute

/// The device of a plugin inside the base's blocks: it works out what the blocks' states are changed by. The tokens are
/// the cloud's, which has the last block's states.
public final class BlockDevice: LinkDevice {
    private let part: any BlockPart
    private let base: ModelConfiguration
    private let team: ThreadTeam
    private let clock: any LinkClock

    /// A device for LoRA or Adapter.
    init(_ part: any BlockPart, base: BaseModel, clock: any LinkClock = SystemClock()) {
        self.part = part
        self.base = base.configuration
        team = base.team
        self.clock = clock
    }

    /// nil for a plugin that is a side network.
    package convenience init?(_ plugin: Plugin, base: BaseModel) {
        switch plugin.part {
        case .side: return nil
        case .lora(let part): self.init(part, base: base)
        case .adapter(let part): self.init(part, base: base)
        }
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

/// What a plugin inside the base's blocks computes.
protocol BlockPart: Sendable {
    /// Where in a block it acts, in order.
    var sites: [BlockSite] { get }
    /// What is added, [n, width of the site].
    /// - Parameter states: [n, H].
    func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix
}

/// LoRA: the changes of q and of v beside each other, (alpha / r) B A n for n = norm(x).
extension LowRankAdaptation: BlockPart {
    var sites: [BlockSite] { [.queryValue] }

    func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix {
        let parts = [blocks[block].query, blocks[block].value]
        let width = parts.reduce(0) { $0 + $1.b.rows }
        var result = Matrix(rows: states.rows, columns: width)
        var start = 0
        for part in parts {
            var inner = Matrix(rows: states.rows, columns: part.a.rows)
            FloatProduct.multiplyByTransposed(states, part.a, into: &inner, team: team)
            var change = Matrix(rows: states.rows, columns: part.b.rows)
            FloatProduct.multiplyByTransposed(inner, part.b, into: &change, team: team)
            for row in 0..<states.rows {
                VectorMath.addScaled(
                    &result.values, in: row * width + start..<row * width + start + part.b.rows, change.values,
                    at: row * part.b.rows, factor: scale)
            }
            start += part.b.rows
        }
        return result
    }
}

/// Adapter: W_up silu(W_down x + b_down) + b_up for a sub-layer's output x.
extension SerialAdapter: BlockPart {
    var sites: [BlockSite] { [.attentionOutput, .feedForwardOutput] }

    func correction(of states: Matrix, block: Int, site: BlockSite, team: ThreadTeam) -> Matrix {
        let adapter = site == .attentionOutput ? blocks[block].attention : blocks[block].feedForward
        var inner = Self.rows(states.rows, of: adapter.downBias)
        FloatProduct.multiplyByTransposed(states, adapter.down, into: &inner, accumulate: true, team: team)
        inner.values = VectorMath.swiglu(
            gate: inner.values, up: [Float](repeating: 1, count: inner.values.count))
        var result = Self.rows(states.rows, of: adapter.upBias)
        FloatProduct.multiplyByTransposed(inner, adapter.up, into: &result, accumulate: true, team: team)
        return result
    }

    private static func rows(_ count: Int, of row: [Float]) -> Matrix {
        Matrix(rows: count, columns: row.count, values: (0..<count).flatMap { _ in row })
    }
}
