import Compute

/// What a plugin inside the base's blocks adds at its sites.
protocol BlockCorrections {
    /// What is added, row after row.
    /// - Parameter states: what the plugin reads at that site, `rows` rows.
    /// - Returns: nil where the plugin does nothing at the site.
    func correction(of states: [Float], rows: Int, block: Int, site: BlockSite) throws(EngineError) -> [Float]?
}

/// The cloud's end of a plugin inside the base's blocks: at each of its sites in each block the states go down to the
/// device, and what is to be added comes up. LoRA needs one exchange in a block, Adapter two, for every position that is
/// read; the positions of a prompt go together. Used by one thread at a time.
public final class BlockExchanges: BlockCorrections {
    private let sites: Set<BlockSite>
    private let configuration: ModelConfiguration
    private let link: any Link
    private let interruption: Interruption
    private let clock: any LinkClock
    private var sequence: UInt32 = 0
    private var cost = ExchangeCost()
    private var waited = 0.0

    /// Exchanges over a link, until `interruption` is raised.
    package init(
        sites: [BlockSite], base: BaseModel, link: any Link, interruption: Interruption,
        clock: any LinkClock = SystemClock()
    ) {
        self.sites = Set(sites)
        configuration = base.configuration
        self.link = link
        self.interruption = interruption
        self.clock = clock
    }

    /// What the exchanges since the last call cost, and how long they kept the cloud waiting, milliseconds.
    func takeCost() -> (cost: ExchangeCost, waited: Double) {
        defer { (cost, waited) = (ExchangeCost(), 0) }
        return (cost, waited)
    }

    /// - Throws: `interrupted`; `badFrame` where the answer does not fit.
    func correction(of states: [Float], rows: Int, block: Int, site: BlockSite) throws(EngineError) -> [Float]? {
        guard sites.contains(site), rows > 0 else { return nil }
        let question = BlockStateFrame(
            sequence: sequence, block: block, site: site,
            states: Matrix(rows: rows, columns: configuration.width, values: states))
        sequence &+= 1
        let start = clock.now()
        guard let exchange = try link.exchange(question, interruption: interruption) else { throw .interrupted }
        cost += exchange.cost
        waited += clock.now() - start
        let answer = exchange.reply
        let corrections = answer.corrections
        guard answer.block == block, answer.site == site, corrections.rows == rows,
            corrections.columns == site.correctionWidth(configuration)
        else {
            throw .badFrame(
                problem: "\(corrections.rows) corrections of \(corrections.columns) for block \(answer.block), asked "
                    + "were \(rows) of \(site.correctionWidth(configuration)) for block \(block)")
        }
        return corrections.values
    }
}

extension BlockSite {
    /// How many numbers a correction has: those of q and v, or H.
    func correctionWidth(_ base: ModelConfiguration) -> Int {
        self == .queryValue ? base.headWidth * (base.headCount + base.keyValueHeadCount) : base.width
    }
}
