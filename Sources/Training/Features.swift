import Compute
import SPAEngine

/// What the frozen base says of every position whose next token is learned, computed once: a stateless side needs no
/// other positions.
package struct Features: Sendable {
    /// rms(h^{l_k}) of all taps side by side, [n, K·H].
    let taps: HalfStore
    /// rms(f), [n, H].
    let finals: HalfStore
    /// The token to be learned at each position.
    package let targets: [Int32]
    /// The base path's loss at each position, in nats, over the whole vocabulary.
    package let baseLoss: [Float]
    /// What the base finds likeliest at each position, `topCount` tokens each.
    let top: [Int32]
    /// The positions of each row.
    package let rows: [Range<Int>]

    /// How many of the base's likeliest tokens are kept a position.
    static let topCount = 16

    /// The number of positions.
    package var count: Int { targets.count }

    /// Reads rows with the base.
    /// - Parameter progress: called with the rows read so far and the positions they gave; false cancels.
    package init(
        _ rows: [EncodedRow], base: BaseModel, taps blocks: [Int], progress: (Int, Int) -> Bool = { _, _ in true }
    ) throws {
        let width = base.configuration.width
        let capacity = rows.reduce(0) { $0 + $1.positions.count }
        guard let taps = HalfStore(capacity: capacity, columns: blocks.count * width),
            let finals = HalfStore(capacity: capacity, columns: width)
        else {
            throw TrainingError.outOfMemory(what: "the taps", bytes: capacity * (blocks.count + 1) * width * 2)
        }
        let cache = try base.makeCache(capacity: max(1, rows.map(\.tokens.count).max() ?? 1))
        var (targets, losses, top, ranges): ([Int32], [Float], [Int32], [Range<Int>]) = ([], [], [], [])
        for (index, row) in rows.enumerated() {
            guard progress(index, targets.count) else { throw TrainingError.cancelled }
            cache.reset()
            let states = try base.forward(
                Array(row.read), cache: cache, taps: blocks, wanted: .positions(row.positions))
            let first = targets.count
            targets += row.targets
            ranges.append(first..<targets.count)
            finals.append(VectorMath.rms(states.finals).values)
            if !blocks.isEmpty { taps.append(Self.beside(states.taps.map { VectorMath.rms($0) })) }
            // From the stored numbers, so that base and side are compared on equal terms.
            let rounded = finals.gather(first..<targets.count, columns: 0..<width)
            FullVocabulary.forEachChunk(of: rounded, base: base) { rowsOfChunk, logits in
                losses += FullVocabulary.losses(logits, row.targets[rowsOfChunk], team: base.team)
                for index in 0..<rowsOfChunk.count {
                    top += Self.largest(logits.values, in: logits.range(of: index))
                }
            }
        }
        self.taps = taps
        self.finals = finals
        self.targets = targets
        self.rows = ranges
        self.top = top
        baseLoss = losses
    }

    /// Numbers drawn at random in place of a base's states, to measure a training's speed with.
    package init(random rows: [Int], width: Int, taps count: Int, targets vocabulary: Int, seed: UInt64) throws {
        let positions = rows.reduce(0, +)
        guard let taps = HalfStore(capacity: positions, columns: count * width),
            let finals = HalfStore(capacity: positions, columns: width)
        else {
            throw TrainingError.outOfMemory(what: "the taps", bytes: positions * (count + 1) * width * 2)
        }
        var random = SeededRandom(seed: seed, stream: 3)
        for _ in 0..<positions {
            taps.append((0..<count * width).map { _ in random.normal() })
            finals.append(
                VectorMath.rms(Matrix(rows: 1, columns: width, values: (0..<width).map { _ in random.normal() })).values
            )
        }
        self.taps = taps
        self.finals = finals
        targets = (0..<positions).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) }
        baseLoss = [Float](repeating: 0, count: positions)
        top = []
        var ranges: [Range<Int>] = []
        for row in rows { ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + row) }
        self.rows = ranges
    }

    /// Some rows of other features, sharing their storage.
    init(_ other: Features, rows: [Range<Int>]) {
        taps = other.taps
        finals = other.finals
        targets = other.targets
        baseLoss = other.baseLoss
        top = other.top
        self.rows = rows
    }

    /// The taps, K matrices [n, H], and rms(f), [n, H], of some positions.
    package func gather(_ positions: some Collection<Int>) -> (taps: [Matrix], rmsFinal: Matrix) {
        let width = finals.columns
        let matrices = (0..<taps.columns / width).map { taps.gather(positions, columns: $0 * width..<($0 + 1) * width) }
        return (matrices, finals.gather(positions, columns: 0..<width))
    }

    /// H.
    package var width: Int { finals.columns }
    /// K.
    package var tapCount: Int { taps.columns / finals.columns }

    /// rms(h^{l_k}) of a position into a row, with dropout where that is not 0.
    func readTap(_ k: Int, at position: Int, into matrix: inout Matrix, row: Int, dropout: Float, key: UInt32) {
        let columns = k * width..<(k + 1) * width
        if dropout > 0 {
            taps.read(position, columns: columns, into: &matrix, row: row, dropping: dropout, key: key)
        } else {
            taps.read(position, columns: columns, into: &matrix, row: row)
        }
    }

    /// rms(f) of a position into a row.
    func readFinal(at position: Int, into matrix: inout Matrix, row: Int) {
        finals.read(position, columns: 0..<width, into: &matrix, row: row)
    }

    /// rms(f) of all positions, [n, H].
    package var allFinals: Matrix { finals.gather(0..<count, columns: 0..<finals.columns) }

    /// The tokens that the softmax of training needs for these positions.
    package var vocabulary: [Int32] { targets + top }

    private static func beside(_ matrices: [Matrix]) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(matrices.reduce(0) { $0 + $1.values.count })
        for row in 0..<(matrices.first?.rows ?? 0) {
            for matrix in matrices { result += matrix.row(row) }
        }
        return result
    }

    /// The `topCount` largest entries, by a threshold that rises as better ones are met.
    private static func largest(_ values: [Float], in range: Range<Int>) -> [Int32] {
        var best: [(value: Float, id: Int32)] = []
        var least = -Float.infinity
        for i in range where values[i] > least {
            best.append((values[i], Int32(i - range.lowerBound)))
            if best.count == 4 * topCount {
                best.sort { $0.value > $1.value }
                best.removeLast(best.count - topCount)
                least = best[topCount - 1].value
            }
        }
        best.sort { $0.value > $1.value }
        return best.prefix(topCount).map(\.id)
    }
}
