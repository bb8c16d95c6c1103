import Compute
import SPAEngine

/// The attention of one block of the base over whole texts, all heads, and the way back through it: from the projections
/// q | k | v of every position to what each head attends to. Heads that share keys and values (grouped queries) add up
/// on the way back.
struct BlockAttention {
    let sizes: ModelConfiguration
    let block: ModelBlock
    let turns: Turns
    /// The rows of each text.
    let texts: [Range<Int>]
    let team: ThreadTeam

    /// The attended values, [n, query width].
    /// - Parameter projections: [n, query width + 2 · key width].
    func forward(_ projections: Matrix) -> Matrix {
        var results = heads.map { _ in Matrix(rows: 0, columns: 0) }
        team.update(&results) { index, result in
            let head = heads[index]
            result = CausalAttention.forward(
                queries: query(head, projections), keys: key(head, projections), values: value(head, projections))
        }
        var attended = Matrix(rows: projections.rows, columns: sizes.queryWidth)
        for (head, result) in zip(heads, results) {
            attended.add(result, rows: head.rows, column: head.number * sizes.headWidth)
        }
        return attended
    }

    /// dLoss by the projections.
    /// - Parameter gradient: dLoss by the attended values.
    func backward(_ projections: Matrix, gradient: Matrix) -> Matrix {
        var results = heads.map { _ in (query: Matrix.empty, key: Matrix.empty, value: Matrix.empty) }
        team.update(&results) { index, result in
            let head = heads[index]
            let own = gradient.part(rows: head.rows, column: head.number * sizes.headWidth, width: sizes.headWidth)
            let (query, key, value) = CausalAttention.backward(
                queries: self.query(head, projections), keys: self.key(head, projections),
                values: self.value(head, projections), gradient: own)
            result = (
                turnBack(query, raw(projections, head.rows, queryColumn(head)), norm: block.queryNorm),
                turnBack(key, raw(projections, head.rows, keyColumn(head)), norm: block.keyNorm), value
            )
        }
        var sum = Matrix(rows: projections.rows, columns: projections.columns)
        for (head, result) in zip(heads, results) {
            sum.add(result.query, rows: head.rows, column: queryColumn(head))
            sum.add(result.key, rows: head.rows, column: keyColumn(head))
            sum.add(result.value, rows: head.rows, column: keyColumn(head) + sizes.keyWidth)
        }
        return sum
    }

    /// One query head on one text.
    private struct Head {
        let number: Int
        let rows: Range<Int>
    }

    private var heads: [Head] {
        texts.flatMap { rows in (0..<sizes.headCount).map { Head(number: $0, rows: rows) } }
    }

    private func queryColumn(_ head: Head) -> Int { head.number * sizes.headWidth }

    private func keyColumn(_ head: Head) -> Int {
        sizes.queryWidth + head.number / (sizes.headCount / sizes.keyValueHeadCount) * sizes.headWidth
    }

    private func query(_ head: Head, _ projections: Matrix) -> Matrix {
        turned(raw(projections, head.rows, queryColumn(head)), norm: block.queryNorm)
    }

    private func key(_ head: Head, _ projections: Matrix) -> Matrix {
        turned(raw(projections, head.rows, keyColumn(head)), norm: block.keyNorm)
    }

    private func value(_ head: Head, _ projections: Matrix) -> Matrix {
        raw(projections, head.rows, keyColumn(head) + sizes.keyWidth)
    }

    private func raw(_ projections: Matrix, _ rows: Range<Int>, _ column: Int) -> Matrix {
        projections.part(rows: rows, column: column, width: sizes.headWidth)
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

    /// Some columns of some rows.
    func part(rows range: Range<Int>, column: Int, width: Int) -> Matrix {
        var result = Matrix(rows: range.count, columns: width)
        for (index, row) in range.enumerated() {
            let start = row * columns + column
            VectorMath.copy(values, in: start..<start + width, into: &result.values, at: index * width)
        }
        return result
    }

    /// Adds a matrix to some columns of some rows.
    mutating func add(_ other: Matrix, rows range: Range<Int>, column: Int) {
        for (index, row) in range.enumerated() {
            let start = row * columns + column
            VectorMath.addScaled(
                &values, in: start..<start + other.columns, other.values, at: index * other.columns, factor: 1)
        }
    }
}
