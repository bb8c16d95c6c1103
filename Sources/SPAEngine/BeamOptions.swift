/// How a reply is searched for with several texts, the beams, that are continued side by side.
public struct BeamOptions: Sendable, Equatable {
    /// When the search ends before every beam is as long as it may be.
    public enum Stop: String, Sendable, CaseIterable {
        /// With `width` finished texts, as soon as the best beam as it stands ranks below the last of them. It may yet have
        /// risen above it, with a length penalty above 0.
        case likely
        /// With `width` finished texts.
        case first
        /// When no beam can come to rank above the best finished text, however it goes on.
        case certain
    }

    /// How many beams there are.
    public var width: Int
    /// A: finished texts y are ranked by Σ log p(y_t) / |y|^A, the end of turn being part of y. Above 0 favours long texts,
    /// 0 compares probabilities, below 0 favours short ones.
    public var lengthPenalty: Float
    /// When the search ends early.
    public var stop: Stop

    /// The usual search: 1 as length penalty.
    public init(width: Int, lengthPenalty: Float = 1, stop: Stop = .likely) {
        self.width = width
        self.lengthPenalty = lengthPenalty
        self.stop = stop
    }
}
