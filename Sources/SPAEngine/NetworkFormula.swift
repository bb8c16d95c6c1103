/// T_net of Eqs. 2-4 (arXiv 2403.07088) from a method's structure alone, without an exchange:
///
///     T_total = T_device + T_base + T_net,    T_net = M (tau + bytes / bandwidth)
///
/// M is the number of exchanges, tau a round trip, and the bytes those of both ways of one exchange.
public struct NetworkFormula: Sendable, Equatable {
    /// Exchanges for one token that the plugin speaks: 1 for a side network, L for LoRA, 2 L for Adapter.
    public let exchangesPerToken: Int
    /// Vectors cloud to device in one exchange, as the numbers that they have together.
    public let numbersDown: Int
    /// Vectors device to cloud.
    public let numbersUp: Int
    /// What the frame down has beside its numbers.
    public let framingBytesDown: Int
    /// What the frame up has beside its numbers; a side network's is the token alone.
    public let framingBytesUp: Int
    /// 2 for half precision.
    public let bytesPerNumber: Int

    /// What a method needs between a base and its device.
    /// - Parameters:
    ///   - width: H.
    ///   - queryWidth: rows of Wq.
    ///   - valueWidth: rows of Wv; as many as Wq's where heads are not grouped.
    ///   - blockCount: L.
    ///   - tapCount: K, the taps of a side network; it is sent the final state too.
    public init(
        _ method: Method, width: Int, queryWidth: Int, valueWidth: Int, blockCount: Int, tapCount: Int,
        bytesPerNumber: Int = 2
    ) {
        self.bytesPerNumber = bytesPerNumber
        switch method {
        case .spa, .lst, .integration, .separation:
            (exchangesPerToken, numbersDown, numbersUp) = (1, (tapCount + 1) * width, 0)
            (framingBytesDown, framingBytesUp) = (StateFrame.headerBytes, TokenFrame.byteCount)
        case .lora:
            (exchangesPerToken, numbersDown, numbersUp) = (blockCount, width, queryWidth + valueWidth)
            (framingBytesDown, framingBytesUp) = (BlockFrameBody.headerBytes, BlockFrameBody.headerBytes)
        case .adapter:
            (exchangesPerToken, numbersDown, numbersUp) = (2 * blockCount, width, width)
            (framingBytesDown, framingBytesUp) = (BlockFrameBody.headerBytes, BlockFrameBody.headerBytes)
        }
    }

    /// For a plugin on its base.
    public init(_ plugin: Plugin, base: ModelConfiguration) {
        self.init(
            plugin.method, width: base.width, queryWidth: base.queryWidth, valueWidth: base.keyWidth,
            blockCount: base.blockCount, tapCount: plugin.side?.configuration.taps.count ?? 0)
    }

    /// The bytes of one exchange, both ways.
    public var bytesPerExchange: Int { bytesDown + bytesUp }
    /// The bytes of one exchange, cloud to device.
    public var bytesDown: Int { numbersDown * bytesPerNumber + framingBytesDown }
    /// The bytes of one exchange, device to cloud.
    public var bytesUp: Int { numbersUp * bytesPerNumber + framingBytesUp }

    /// M: the exchanges for some tokens.
    /// - Parameter usage: the share of tokens that the plugin speaks, 0 to 1.
    public func exchanges(tokens: Int, usage: Double = 1) -> Double {
        Double(tokens * exchangesPerToken) * usage
    }

    /// T_net in milliseconds.
    /// - Parameter usage: the share of tokens that the plugin speaks, 0 to 1.
    public func milliseconds(tokens: Int, usage: Double = 1, over network: NetworkProfile) -> Double {
        exchanges(tokens: tokens, usage: usage) * network.expectedMilliseconds(bytes: bytesPerExchange)
    }
}
