import Compute
import SPAEngine

/// The loss of what the head reads over a vocabulary subset, and its gradient by that.
///
/// With h = rms(state) and logits z = E h, cross-entropy and KL(p_f ‖ p) are both  log Σ exp z - c · h  and a constant:
/// c is the target's row of E on data, and the mean of the rows of E by p_f on anchors, which no training changes. Both have the
/// gradient  dLoss/dh = (mean of the rows of E by softmax(z)) - c.
package struct HeadLoss: Sendable {
    /// The subset that the softmax runs over.
    package let subset: VocabularySubset

    /// A loss over a subset.
    package init(subset: VocabularySubset) {
        self.subset = subset
    }

    /// One batch's rows, or some of them, with the memory that the way to their gradient takes.
    package struct Rows: Sendable {
        /// What the head reads, [n, H]: rms(f) + u, u or f.
        package var states = Matrix(rows: 0, columns: 0)
        /// c, [n, H].
        package var goals = Matrix(rows: 0, columns: 0)
        /// What each row's loss counts in the batch's.
        package var weights: [Float] = []
        /// log Σ exp z - c · h of each row, nats.
        package private(set) var losses: [Float] = []
        fileprivate var h = Matrix(rows: 0, columns: 0)
        fileprivate var means = Matrix(rows: 0, columns: 0)
        fileprivate var scratch = VocabularySubset.Scratch()

        package init() {}

        fileprivate mutating func setLosses(_ logSums: [Float]) {
            losses.removeAll(keepingCapacity: true)
            let width = h.columns
            for (row, logSum) in logSums.enumerated() {
                losses.append(
                    logSum
                        - VectorMath.dot(goals.values, at: row * width, h.values, at: row * width, count: width))
            }
        }
        fileprivate var logSums: [Float] = []
    }

    /// Computes the rows' losses and the weighted dLoss by the states, [n, H].
    package func run(_ rows: inout Rows, gradient: inout Matrix, team: ThreadTeam) {
        let width = rows.states.columns
        VectorMath.rms(rows.states, epsilon: SideNetwork.epsilon, into: &rows.h)
        subset.means(rows.h, into: &rows.means, logSums: &rows.logSums, &rows.scratch, team: team)
        rows.setLosses(rows.logSums)
        VectorMath.addScaled(&rows.means.values, rows.goals.values, factor: -1)
        for (row, weight) in rows.weights.enumerated() {
            VectorMath.scale(&rows.means.values, in: row * width..<(row + 1) * width, by: weight)
        }
        Gradients.norm(
            rows.states, weight: nil, gradient: rows.means, epsilon: SideNetwork.epsilon, into: &gradient)
    }
}

/// What the anchors ask of the side: c of every anchor position, and the constant that makes its loss a divergence.
package struct AnchorGoals: Sendable {
    /// Mean rows of E by p_f over the subset, [n, H].
    package let goals: Matrix
    /// Σ p_f log p_f, nats.
    package let constants: [Float]

    /// Goals at the positions of rms(f), [n, H].
    package init(_ rmsFinal: Matrix, subset: VocabularySubset, team: ThreadTeam) {
        let width = rmsFinal.columns
        // As many rows at a time as a step has.
        let ranges = stride(from: 0, to: rmsFinal.rows, by: 96).map { $0..<min($0 + 96, rmsFinal.rows) }
        var parts = ranges.map { (range: $0, goals: Matrix(rows: 0, columns: 0), constants: [Float]()) }
        team.update(&parts) { _, part in
            let h = VectorMath.rms(rmsFinal.gather(part.range), epsilon: SideNetwork.epsilon)
            var scratch = VocabularySubset.Scratch()
            var logSums: [Float] = []
            subset.means(h, into: &part.goals, logSums: &logSums, &scratch, team: .caller)
            for (row, logSum) in logSums.enumerated() {
                let along = VectorMath.dot(
                    part.goals.values, at: row * width, h.values, at: row * width, count: width)
                part.constants.append(along - logSum)
            }
        }
        goals = Matrix(rows: rmsFinal.rows, columns: width, values: parts.flatMap(\.goals.values))
        constants = parts.flatMap(\.constants)
    }
}
