import SPAEngine

/// What each method sends between cloud and device for one side token, and Eq. 4 with it:
/// T_net = M · (tau + bytes / bandwidth).
public struct ExchangePattern: Sendable, Equatable {
    /// Exchanges, there and back.
    public var exchanges: Int
    /// Vectors of H numbers in each, both ways together.
    public var vectors: Int

    /// Of the paper's Table 2: LoRA sends x and gets the changes of q and v back in each block; Adapter an activation each way,
    /// twice a block; the side methods every block's state, f and the answer in one exchange.
    public static func of(_ method: Method, blocks: Int) -> ExchangePattern {
        switch method {
        case .lora: ExchangePattern(exchanges: blocks, vectors: 3)
        case .adapter: ExchangePattern(exchanges: 2 * blocks, vectors: 2)
        case .spa, .lst, .integration, .separation: ExchangePattern(exchanges: 1, vectors: blocks + 2)
        }
    }

    /// T_net of `tokens` tokens in seconds, `usage` of them (0 to 1) on the side.
    public func seconds(
        tokens: Int, usage: Double, width: Int, bytesPerNumber: Int, link: NetworkProfile
    ) -> Double {
        let bytes = vectors * width * bytesPerNumber
        return Double(tokens) * usage * Double(exchanges) * link.expectedMilliseconds(bytes: bytes) / 1000
    }

    /// At the paper's own sizes and link, 50 new tokens, in seconds.
    public static func paperSeconds(_ method: Method, usage: Double) -> Double {
        of(method, blocks: PaperNumbers.blocks).seconds(
            tokens: PaperNumbers.newTokens, usage: usage, width: PaperNumbers.width,
            bytesPerNumber: PaperNumbers.bytesPerNumber, link: PaperNumbers.link)
    }
}
