import Compute

/// The paper's own scale (arXiv 2403.07088, Table 2): LLaMA-7B's widths over its network. Nothing is computed there but
/// the exchanges are real: frames of full size are encoded, sent and decoded, in virtual time.
public enum PaperScale {
    /// H.
    public static let width = 4096
    /// L.
    public static let blockCount = 32
    /// V.
    public static let vocabularySize = 32_000
    /// The tokens of Table 2's latencies.
    public static let tokens = 50
    /// What the paper's network latencies follow from: with tau = 3.785 ms and 117.5 MB/s (1 Gbit Ethernet) LoRA's, Adapter's
    /// and LST's are met together.
    public static let network = NetworkProfile(
        name: "paper", roundTripMilliseconds: 3.785, bitsPerSecond: 8 * 117.5e6)
    /// The vectors that the paper's latency gives an exchange of a side network: one for each of 33 states along the base,
    /// and one more.
    public static let sideVectors = 34

    /// The paper's network latency for 50 tokens, in seconds; nil where it gives none.
    public static func publishedSeconds(_ method: Method) -> Double? {
        switch method {
        case .lora: 6.37
        case .adapter: 12.56
        case .lst: 0.31
        case .spa: 0.18
        case .integration, .separation: nil
        }
    }

    /// The formula at this scale.
    public static func formula(_ method: Method) -> NetworkFormula {
        NetworkFormula(
            method, width: width, queryWidth: width, valueWidth: width, blockCount: blockCount,
            tapCount: sideVectors - 1)
    }

    /// Really exchanges what a method needs for some tokens, over the simulated network on a virtual clock.
    /// - Parameter usage: the share of tokens that the plugin speaks, 0 to 1; they are spread evenly.
    /// - Returns: the account; its network time is simulated, and that of base and device is not in it.
    public static func run(_ method: Method, tokens: Int = tokens, usage: Double = 1) throws(EngineError) -> Ledger {
        let clock = VirtualClock()
        let link = SimulatedLink(
            around: InProcessLink(clock: clock, device: EchoDevice()), profile: network, clock: clock)
        var random = SeededRandom(seed: 1)
        let vector = Matrix(rows: 1, columns: width, values: (0..<width).map { _ in random.normal() })
        let taps = [Matrix](repeating: vector, count: sideVectors - 1)
        var ledger = Ledger()
        var sequence: UInt32 = 0
        for index in 0..<tokens {
            // As many so far as the usage says, rounded.
            let speaks = (Double(index + 1) * usage).rounded() > (Double(index) * usage).rounded()
            var cost = ExchangeCost()
            if speaks, method.usesSideNetwork {
                let frame = StateFrame(sequence: sequence, position: UInt32(index), taps: taps, final: vector)
                if let exchange = try link.exchange(frame, interruption: Interruption()) { cost += exchange.cost }
                sequence += 1
            } else if speaks {
                let sites: [BlockSite] = method == .lora ? [.queryValue] : [.attentionOutput, .feedForwardOutput]
                for block in 0..<blockCount {
                    for site in sites {
                        let frame = BlockStateFrame(sequence: sequence, block: block, site: site, states: vector)
                        if let exchange = try link.exchange(frame, interruption: Interruption()) {
                            cost += exchange.cost
                        }
                        sequence += 1
                    }
                }
            }
            ledger.record(TokenEvent(index: index, path: speaks ? .side : .base, cost: cost))
        }
        return ledger
    }

    /// Answers with frames of the right size and no meaning.
    private struct EchoDevice: LinkDevice {
        func serve(_ frame: StateFrame) throws(EngineError) -> TokenFrame {
            TokenFrame(sequence: frame.sequence, token: 1, deviceMicroseconds: 0)
        }

        func serve(_ frame: BlockStateFrame) throws(EngineError) -> BlockCorrectionFrame {
            let states = frame.states
            let twice = frame.site == .queryValue
            return BlockCorrectionFrame(
                to: frame,
                corrections: Matrix(
                    rows: 1, columns: (twice ? 2 : 1) * width,
                    values: twice ? states.values + states.values : states.values),
                deviceMicroseconds: 0)
        }
    }
}

extension TokenEvent {
    /// A token of which only the exchanges are known.
    fileprivate init(index: Int, path: TokenPath, cost: ExchangeCost) {
        self.init(
            index: index, id: 1, bytes: [], path: path, probability: path == .side ? 1 : 0, effect: nil, threshold: 0.5,
            price: 0,
            milliseconds: PartTimes(
                device: cost.deviceMilliseconds, uplink: cost.uplinkMilliseconds, downlink: cost.downlinkMilliseconds,
                total: cost.networkMilliseconds + cost.deviceMilliseconds),
            transmissions: cost.transmissions, simulated: cost.simulated, bytesUp: cost.bytesUp,
            bytesDown: cost.bytesDown)
    }
}
