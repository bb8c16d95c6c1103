/// The sizes of a side network.
public struct SideConfiguration: Sendable, Equatable {
    /// T = {l_1 < ... < l_K}, the base blocks (from 1) whose output is tapped.
    public let taps: [Int]
    /// d, the width of the side.
    public let width: Int
    /// The inner width of a side block.
    public let innerWidth: Int
    /// H, the base's width.
    public let baseWidth: Int

    /// Sizes; the inner width is 2d unless given.
    public init(taps: [Int], width: Int, innerWidth: Int? = nil, baseWidth: Int) {
        self.taps = taps
        self.width = width
        self.innerWidth = innerWidth ?? 2 * width
        self.baseWidth = baseWidth
    }

    /// What an experiment on a 30-block base found good: every third block tapped and d = 96 (a sixth of H).
    public static func standard(for base: ModelConfiguration) -> SideConfiguration {
        let step = max(1, base.blockCount / 10)
        let taps = Array(stride(from: base.blockCount, through: 1, by: -step).reversed())
        return SideConfiguration(taps: taps, width: max(8, base.width / 6), baseWidth: base.width)
    }

    /// The number of trained parameters of the side network.
    public var parameterCount: Int {
        let block = width + 3 * innerWidth * width
        return taps.count * (1 + width * baseWidth + block) + width + baseWidth * width
    }
}
