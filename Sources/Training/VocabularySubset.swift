import Compute
import SPAEngine

/// The part of the vocabulary that training looks at: every answer token and what the base finds likeliest at each
/// answer position. The softmax runs over it alone; every evaluation uses the whole vocabulary.
public struct VocabularySubset: Sendable {
    /// The tokens, ascending.
    public let ids: [Int32]
    /// H.
    public let width: Int
    /// Rows of E with the final norm's weight folded in, in pieces that the processor's cache holds when widened.
    private let chunks: [Chunk]
    private let indexOfToken: [Int32: Int]

    /// Some tokens' rows, both ways round, in half precision: what the two products over them read in order.
    private struct Chunk: Sendable {
        let count: Int
        /// [count, H]
        let rows: [UInt16]
        /// [H, count]
        let columns: [UInt16]
    }
    private static let chunkCount = 192

    /// The subset of `tokens` in a base.
    public init(_ tokens: some Sequence<Int32>, base: BaseModel) throws(EngineError) {
        let ids = Set(tokens).sorted()
        let weight = base.finalNormWeight
        var chunks: [Chunk] = []
        for start in stride(from: 0, to: ids.count, by: Self.chunkCount) {
            var rows = try base.headRows(Array(ids[start..<min(start + Self.chunkCount, ids.count)]))
            for i in rows.values.indices { rows.values[i] *= weight[i % rows.columns] }
            chunks.append(Self.chunk(rows))
        }
        self.init(ids: ids, width: weight.count, chunks: chunks)
    }

    /// A subset with a given head, [ids.count, H].
    package init(ids: [Int32], head: Matrix) {
        let chunks = stride(from: 0, to: ids.count, by: Self.chunkCount).map { start in
            Self.chunk(head.gather(start..<min(start + Self.chunkCount, ids.count)))
        }
        self.init(ids: ids, width: head.columns, chunks: chunks)
    }

    private init(ids: [Int32], width: Int, chunks: [Chunk]) {
        self.ids = ids
        self.width = width
        self.chunks = chunks
        indexOfToken = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    }

    private static func chunk(_ rows: Matrix) -> Chunk {
        var transposed = [Float](repeating: 0, count: rows.values.count)
        for row in 0..<rows.rows {
            for column in 0..<rows.columns {
                transposed[column * rows.rows + row] = rows.values[row * rows.columns + column]
            }
        }
        return Chunk(
            count: rows.rows, rows: HalfVector.encode(rows.values), columns: HalfVector.encode(transposed))
    }

    /// A token's row of the head, into a row of `matrix`; a token outside of the subset gives the first one's.
    package func read(_ id: Int32, into matrix: inout Matrix, row: Int) {
        let (chunk, at) = (indexOfToken[id] ?? 0).quotientAndRemainder(dividingBy: Self.chunkCount)
        HalfVector.decode(
            chunks[chunk].rows, in: at * width..<(at + 1) * width, into: &matrix.values, at: row * width)
    }

    /// Memory that serves for every pass over the head.
    package struct Scratch: Sendable {
        fileprivate var weights = Matrix(rows: 0, columns: 0)
        fileprivate var logits = Matrix(rows: 0, columns: 0)
        fileprivate var softmax = OnlineSoftmax()

        package init() {}
    }

    /// With logits z = E h: the mean of the head's rows by softmax(z), [n, H], and log Σ exp z, for every row of h. One pass
    /// over the head, a chunk at a time; no more logits are in memory than a chunk's.
    package func means(
        _ h: Matrix, into means: inout Matrix, logSums: inout [Float], _ scratch: inout Scratch, team: ThreadTeam
    ) {
        means.reshape(rows: h.rows, columns: width)
        scratch.softmax.reset(rows: h.rows)
        for (number, chunk) in chunks.enumerated() {
            scratch.weights.reshape(rows: width, columns: chunk.count)
            HalfVector.decode(chunk.columns, in: 0..<chunk.columns.count, into: &scratch.weights.values)
            scratch.logits.reshape(rows: h.rows, columns: chunk.count)
            FloatProduct.multiply(h, scratch.weights, into: &scratch.logits, team: team)
            scratch.softmax.take(&scratch.logits, rescaling: &means)
            scratch.weights.reshape(rows: chunk.count, columns: width)
            HalfVector.decode(chunk.rows, in: 0..<chunk.rows.count, into: &scratch.weights.values)
            FloatProduct.multiply(scratch.logits, scratch.weights, into: &means, accumulate: number > 0, team: team)
        }
        scratch.softmax.finish(&means, logSums: &logSums)
    }
}
