import Compute
import SPAEngine

/// The attention of one block of the base over a whole text, all heads, and the way back through it: from the projections
/// q | k | v of every position to what each head attends to. Heads that share keys and values (grouped queries) add up
/// on the way back.
struct BlockAttention {
    let sizes: ModelConfiguration
    let block: ModelBlock
    let turns: Turns
    let team: ThreadTeam

    /// The attended values, [n, query width].
    /// - Parameter projections: [n, query width + 2 · key width].
    func forward(_ projections: Matrix) -> Matrix {
        var results = heads.map { _ in Matrix.empty }
        team.update(&results) { head, result in
            result = CausalAttention.forward(
                queries: query(head, projections), keys: key(head, projections), values: value(head, projections))
        }
        var attended = Matrix(rows: projections.rows, columns: sizes.queryWidth)
        for (head, result) in results.enumerated() { attended.add(result, column: queryColumn(head)) }
        return attended
    }

    /// dLoss by the projections.
    /// - Parameter gradient: dLoss by the attended values.
    func backward(_ projections: Matrix, gradient: Matrix) -> Matrix {
        var results = heads.map { _ in (query: Matrix.empty, key: Matrix.empty, value: Matrix.empty) }
        team.update(&results) { head, result in
            let (query, key, value) = CausalAttention.backward(
                queries: self.query(head, projections), keys: self.key(head, projections),
                values: self.value(head, projections), gradient: part(gradient, queryColumn(head)))
            result = (
                turnBack(query, part(projections, queryColumn(head)), norm: block.queryNorm),
                turnBack(key, part(projections, keyColumn(head)), norm: block.keyNorm), value
            )
        }
        var sum = Matrix(rows: projections.rows, columns: projections.columns)
        for (head, result) in results.enumerated() {
            sum.add(result.query, column: queryColumn(head))
            sum.add(result.key, column: keyColumn(head))
            sum.add(result.value, column: keyColumn(head) + sizes.keyWidth)
        }
        return sum
    }

    private var heads: Range<Int> { 0..<sizes.headCount }

    private func queryColumn(_ head: Int) -> Int { head * sizes.headWidth }

    private func keyColumn(_ head: Int) -> Int {
        sizes.queryWidth + head / (sizes.headCount / sizes.keyValueHeadCount) * sizes.headWidth
    }

    private func query(_ head: Int, _ projections: Matrix) -> Matrix {
        turned(part(projections, queryColumn(head)), norm: block.queryNorm)
    }

    private func key(_ head: Int, _ projections: Matrix) -> Matrix {
        turned(part(projections, keyColumn(head)), norm: block.keyNorm)
    }

    private func value(_ head: Int, _ projections: Matrix) -> Matrix {
        part(projections, keyColumn(head) + sizes.keyWidth)
    }

    private func part(_ matrix: Matrix, _ column: Int) -> Matrix {
        matrix.part(column: column, width: sizes.headWidth)
    }

    /// Normalised, where the model has such norms (Qwen3), and turned by the positions.
    private func turned(_ raw: Matrix, norm weight: [Float]) -> Matrix {
        var result = raw
        if !weight.isEmpty {
            RowOperations.normalise(
                raw.values, weight: weight, epsilon: sizes.rmsEpsilon, rows: raw.rows, into: &result.values,
                team: .caller)
        }
        turns.apply(to: &result)
        return result
    }

    /// The way back through `turned`.
    private func turnBack(_ gradient: Matrix, _ raw: Matrix, norm weight: [Float]) -> Matrix {
        var result = gradient
        turns.applyBack(to: &result)
        guard !weight.isEmpty else { return result }
        var normalised = Matrix.empty
        Gradients.norm(raw, weight: weight, gradient: result, epsilon: sizes.rmsEpsilon, into: &normalised)
        return normalised
    }
}

/// The turns of the positions of a text, from 0, for one head at a time; and their transposes, which are the turns by
/// the opposite angles.
struct Turns: Sendable {
    private let rotary: RotaryEmbedding
    private let forward: [Float]
    private let back: [Float]

    /// For texts of up to `count` positions.
    init(_ rotary: RotaryEmbedding, count: Int) {
        self.rotary = rotary
        forward = rotary.angles(of: Array(0..<count))
        var back = forward
        let pairs = rotary.pairs
        for start in stride(from: 0, to: back.count, by: max(1, 2 * pairs)) {
            VectorMath.scale(&back, in: start + pairs..<start + 2 * pairs, by: -1)
        }
        self.back = back
    }

    /// Turns the rows of one head, [n, head width].
    func apply(to head: inout Matrix) { apply(forward, to: &head) }

    /// The way back.
    func applyBack(to head: inout Matrix) { apply(back, to: &head) }

    private func apply(_ angles: [Float], to head: inout Matrix) {
        rotary.apply(
            to: &head.values, stride: head.columns, heads: 1, angles: Array(angles.prefix(2 * rotary.pairs * head.rows))
        )
    }
}

extension Matrix {
    static var empty: Matrix { Matrix(rows: 0, columns: 0) }

    /// Some columns.
    func part(column: Int, width: Int) -> Matrix {
        var result = Matrix(rows: rows, columns: width)
        for row in 0..<rows {
            let start = row * columns + column
            VectorMath.copy(values, in: start..<start + width, into: &result.values, at: row * width)
        }
        return result
    }

    /// Adds a matrix to some columns.
    mutating func add(_ other: Matrix, column: Int) {
        for row in 0..<rows {
            let start = row * columns + column
            VectorMath.addScaled(
                &values, in: start..<start + other.columns, other.values, at: row * other.columns, factor: 1)
        }
    }
}
