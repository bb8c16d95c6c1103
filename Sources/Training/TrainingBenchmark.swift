import Compute
import SPAEngine

/// Times stage 1's steps on random features of given shapes: what a training does once the features are there.
public struct TrainingBenchmark {
    /// The shapes of a step.
    public struct Shape: Sendable, Equatable {
        /// Data positions a step.
        public var data = 61
        /// Anchor positions a step.
        public var anchors = 114
        /// Tokens that the softmax runs over.
        public var vocabulary = 16_000
        /// K.
        public var taps = 10
        /// d.
        public var width = 96
        /// H.
        public var baseWidth = 576

        /// About those of the bundled plugin's training.
        public init() {}
    }

    private let shape: Shape
    private var step: SideStep
    private var progress: PartProgress<SideNetwork>
    private let recipe = TrainingRecipe()
    private var steps = 0
    /// Batches that the features hold, taken in turn.
    private static let batches = 8

    /// Draws the features.
    public init(_ shape: Shape, threads: Int) throws {
        self.shape = shape
        let configuration = SideConfiguration(
            taps: Array(1...shape.taps), width: shape.width, baseWidth: shape.baseWidth)
        let team = ThreadTeam(threads: threads)
        var random = SeededRandom(seed: 1, stream: 9)
        let head = Matrix(
            rows: shape.vocabulary, columns: shape.baseWidth,
            values: (0..<shape.vocabulary * shape.baseWidth).map { _ in random.normal() * 0.05 })
        let subset = VocabularySubset(ids: Array(0..<Int32(shape.vocabulary)), head: head)
        func features(_ rows: Int, _ seed: UInt64) throws -> Features {
            try Features(
                random: Array(repeating: rows, count: Self.batches), width: shape.baseWidth, taps: shape.taps,
                targets: shape.vocabulary, seed: seed)
        }
        let (data, anchors) = (try features(shape.data, 1), try features(shape.anchors, 2))
        step = SideStep(
            features: data, anchors: anchors,
            anchorGoals: AnchorGoals(anchors.allFinals, subset: subset, team: team), loss: HeadLoss(subset: subset),
            method: .spa, recipe: recipe, configuration: configuration, team: team)
        progress = PartProgress<SideNetwork>(SideNetwork(configuration, seed: 1))
    }

    /// Positions a step.
    public var positions: Int { shape.data + shape.anchors }

    /// Takes steps.
    /// - Returns: the seconds that they took, and the last one's loss.
    public mutating func run(steps count: Int) -> (seconds: Double, loss: Float) {
        let start = ContinuousClock.now
        var loss: Float = 0
        for _ in 0..<count {
            let batch = steps % Self.batches
            loss = step.take(
                &progress.part, &progress.optimiser, data: Array(batch * shape.data..<(batch + 1) * shape.data),
                anchorPositions: Array(batch * shape.anchors..<(batch + 1) * shape.anchors),
                rate: recipe.rate(step: steps, of: 1000), key: UInt64(steps) &* 0x9E37_79B9_7F4A_7C15)
            steps += 1
        }
        let parts = (ContinuousClock.now - start).components
        return (Double(parts.seconds) + Double(parts.attoseconds) * 1e-18, loss)
    }
}
