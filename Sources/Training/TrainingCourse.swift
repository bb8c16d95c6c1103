import SPAEngine

/// The way of one training: its phases in their order, each with the step that a person is told ("2 of 4 · learning") and the
/// share of the time that it usually takes, so that one bar goes over all of them, from 0 to 1 and never back.
public struct TrainingCourse: Sendable, Equatable {
    /// Where a training stands on its way.
    public struct Place: Sendable, Equatable {
        /// The step, from 1.
        public var step: Int
        /// How many there are.
        public var steps: Int
        /// What is done in it, in a word or two.
        public var name: String
        /// How much of everything is done, 0 to 1.
        public var overall: Double

        /// Step and name, for a line.
        public var words: String { "\(step) of \(steps) · \(name)" }
    }

    private enum Part: Sendable {
        case anchors, features, side, crossFit, gate, questions, evaluate

        init(_ phase: TrainingProgress.Phase) {
            self =
                switch phase {
                case .anchors: .anchors
                case .features: .features
                case .side: .side
                case .crossFit: .crossFit
                case .gate: .gate
                case .questions: .questions
                case .evaluate: .evaluate
                }
        }
    }

    private struct Row: Sendable, Equatable {
        let part: Part
        let step: String
        let weight: Double

        init(_ part: Part, _ step: String, _ weight: Double) {
            self.part = part
            self.step = step
            self.weight = weight
        }
    }

    /// Facts: all rows are learned at once. Weights in percent of the time that five facts take, the anchors’ answers known.
    private static let ofFacts: [Row] = [
        Row(.questions, "reading", 22), Row(.anchors, "reading", 1), Row(.features, "reading", 22),
        Row(.side, "learning", 46), Row(.gate, "when to speak", 7), Row(.evaluate, "measuring", 2),
    ]
    /// A gate on effects of rows that a side did not learn.
    private static let crossFitted: [Row] = [
        Row(.anchors, "reading", 2), Row(.features, "reading", 16), Row(.side, "learning", 26),
        Row(.crossFit, "checking", 50), Row(.gate, "when to speak", 4), Row(.evaluate, "measuring", 2),
    ]
    /// Methods without a gate.
    private static let ungated: [Row] = [
        Row(.features, "reading", 20), Row(.side, "learning", 78), Row(.evaluate, "measuring", 2),
    ]

    private let rows: [Row]
    private let steps: [String]
    private let whole: Double
    private var last: Place

    /// The way of a training of this method.
    /// - Parameter learnsFacts: whether the rows are learned as facts, with a question gate.
    public init(method: Method, learnsFacts: Bool) {
        rows = learnsFacts ? Self.ofFacts : method.hasGate ? Self.crossFitted : Self.ungated
        var steps: [String] = []
        for row in rows where steps.last != row.step { steps.append(row.step) }
        self.steps = steps
        whole = rows.reduce(0) { $0 + $1.weight }
        last = Place(step: 1, steps: steps.count, name: rows[0].step, overall: 0)
    }

    /// Where the training stands, now that this much of a phase is done. What went before is done, and nothing is taken back.
    public mutating func place(_ phase: TrainingProgress.Phase, fraction: Double) -> Place {
        let part = Part(phase)
        guard let index = rows.firstIndex(where: { $0.part == part }) else { return last }
        var share = min(max(fraction, 0), 1)
        if case .crossFit(let fold, let folds) = phase { share = (Double(fold - 1) + share) / Double(max(1, folds)) }
        let before = rows[..<index].reduce(0) { $0 + $1.weight }
        let overall = min((before + rows[index].weight * share) / whole, 1)
        let step = (steps.firstIndex(of: rows[index].step) ?? 0) + 1
        guard overall >= last.overall, step >= last.step else { return last }
        (last.overall, last.step, last.name) = (overall, step, rows[index].step)
        return last
    }
}
