import CKernels
import Glibc
import Glibc

/// The keys and values of every block, head and position that a model has read.
///
/// Keys of one block and head lie together, [position][head width], so that attention reads them in order. Memory is
/// touched only as positions are written.
public final class KeyValueStore {
    /// How numbers are kept: half precision, or f32 for the reference path.
    public enum Precision: Sendable { case half, float }

    /// The number of positions that fit.
    public let capacity: Int
    private let precision: Precision
    private let heads: Int
    private let headWidth: Int
    private let blocks: Int
    private let memory: UnsafeMutableRawPointer?

    /// A store for `blocks` blocks of `heads` key heads; nil where the system has no memory.
    public init?(blocks: Int, heads: Int, headWidth: Int, capacity: Int, precision: Precision) {
        self.blocks = blocks
        self.heads = heads
        self.headWidth = headWidth
        self.capacity = capacity
        self.precision = precision
        memory = calloc(2 * blocks * heads * capacity * headWidth, precision == .half ? 2 : 4)
        if memory == nil { return nil }
    }

    deinit { free(memory) }

    /// The offset, in numbers, of a head's keys (or values).
    private func offset(_ block: Int, _ head: Int, values: Bool) -> Int {
        ((block * 2 + (values ? 1 : 0)) * heads + head) * capacity * headWidth
    }

    /// Writes keys and values of `count` positions from `position` on.
    /// - Parameters:
    ///   - rows: [count, stride]; a row's keys begin at `keyOffset`, its values at `valueOffset`, heads · headWidth each.
    public func write(
        block: Int, position: Int, count: Int, rows: [Float], stride: Int, keyOffset: Int, valueOffset: Int
    ) {
        precondition(
            position >= 0 && position + count <= capacity && block < blocks, "the position is past the store's end")
        precondition(
            rows.count >= count * stride && valueOffset + heads * headWidth <= stride, "the rows are too short")
        guard let memory else { return }
        let table = Kernels.best.table.pointee
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for head in 0..<heads {
                for index in 0..<count {
                    for (values, start) in [(false, keyOffset), (true, valueOffset)] {
                        let from = base + index * stride + start + head * headWidth
                        let to = offset(block, head, values: values) + (position + index) * headWidth
                        switch precision {
                        case .half:
                            table.to_half(memory.assumingMemoryBound(to: UInt16.self) + to, from, Int64(headWidth))
                        case .float:
                            (memory.assumingMemoryBound(to: Float.self) + to).update(from: from, count: headWidth)
                        }
                    }
                }
            }
        }
    }

    /// Causal attention: softmax(q·K / sqrt(head width))·V over positions 0...position for every query row.
    /// - Parameters:
    ///   - queries: [positions.count, stride]; a row's queries begin at its start, `queryHeads` · headWidth numbers.
    ///   - positions: each row's position; what it attends to has been written.
    ///   - out: [positions.count, queryHeads · headWidth].
    public func attend(
        block: Int, queries: [Float], stride: Int, positions: [Int], queryHeads: Int, into out: inout [Float],
        team: ThreadTeam
    ) {
        let group = queryHeads / heads
        let width = queryHeads * headWidth
        precondition(queries.count >= positions.count * stride && stride >= width, "the queries are too short")
        precondition(out.count >= positions.count * width, "the result is too short")
        precondition(positions.allSatisfy { $0 < capacity }, "a position is past the store's end")
        guard let memory else { return }
        let table = Kernels.best.table
        let factor = 1 / Float(headWidth).squareRoot()
        let longest = (positions.max() ?? 0) + 1
        // A prompt is split by rows and heads; one token by query heads, since it has few key heads.
        let unit = positions.count == 1 ? 1 : group
        let units = queryHeads / unit
        queries.withUnsafeBufferPointer { queries in
            out.withUnsafeMutableBufferPointer { out in
                guard let from = queries.baseAddress, let to = out.baseAddress else { return }
                nonisolated(unsafe) let (queries, out, memory) = (from, to, memory)
                team.split(positions.count * units) { range in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: unit * longest) { scores in
                        guard let scores = scores.baseAddress else { return }
                        for task in range {
                            // Rows alternate between the ends, so that a causal prompt's members get equal work.
                            let order = task / units
                            let row = order % 2 == 0 ? order / 2 : positions.count - 1 - order / 2
                            let firstHead = task % units * unit
                            let count = positions[row] + 1
                            let query = queries + row * stride + firstHead * self.headWidth
                            let result = out + row * width + firstHead * self.headWidth
                            let keys = self.offset(block, firstHead / group, values: false)
                            let values = self.offset(block, firstHead / group, values: true)
                            switch self.precision {
                            case .half:
                                let base = memory.assumingMemoryBound(to: UInt16.self)
                                table.pointee.attend_half(
                                    query, base + keys, base + values, Int32(count), Int32(self.headWidth), Int32(unit),
                                    factor, scores, result)
                            case .float:
                                let base = memory.assumingMemoryBound(to: Float.self)
                                self.attendFloat(
                                    query, base + keys, base + values, count: count, group: unit, factor: factor,
                                    scores: scores, out: result)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The reference path's attention, straight from the definition.
    private func attendFloat(
        _ query: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, count: Int,
        group: Int, factor: Float, scores: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>
    ) {
        let table = Kernels.best.table.pointee
        let width = Int64(headWidth)
        for head in 0..<group {
            for t in 0..<count {
                scores[t] = table.dot(query + head * headWidth, keys + t * headWidth, width) * factor
            }
            let sum = table.exponential(scores, scores, table.maximum(scores, Int64(count)), Int64(count))
            let result = out + head * headWidth
            result.update(repeating: 0, count: headWidth)
            for t in 0..<count { table.add_scaled(result, values + t * headWidth, scores[t] / sum, width) }
        }
    }
}
