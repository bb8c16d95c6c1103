import CKernels
import Glibc

/// The keys and values, in f32, of every block, head and position that the reference path has read: attention straight
/// from its definition.
///
/// Keys of one block and head lie together, [position][head width], so that attention reads them in order. Memory is
/// touched only as positions are written.
public final class FloatKeyValueStore {
    /// The number of positions that fit.
    public let capacity: Int
    private let heads: Int
    private let headWidth: Int
    private let blocks: Int
    private let memory: UnsafeMutablePointer<Float>
    /// The memory that it may come to use.
    public var bytes: Int { 2 * blocks * heads * capacity * headWidth * MemoryLayout<Float>.stride }

    /// A store for `blocks` blocks of `heads` key heads; nil where the system has no memory.
    public init?(blocks: Int, heads: Int, headWidth: Int, capacity: Int) {
        self.blocks = blocks
        self.heads = heads
        self.headWidth = headWidth
        self.capacity = capacity
        let count = 2 * blocks * heads * capacity * headWidth
        guard let memory = calloc(count, MemoryLayout<Float>.stride) else { return nil }
        self.memory = memory.bindMemory(to: Float.self, capacity: count)
    }

    deinit { free(memory) }

    /// Another text that begins with the first `count` positions of this one, copied; nil where the system has no memory.
    public func fork(count: Int) -> FloatKeyValueStore? {
        guard let copy = FloatKeyValueStore(blocks: blocks, heads: heads, headWidth: headWidth, capacity: capacity)
        else { return nil }
        let written = min(max(0, count), capacity) * headWidth
        for start in stride(from: 0, to: 2 * blocks * heads * capacity * headWidth, by: capacity * headWidth) {
            (copy.memory + start).update(from: memory + start, count: written)
        }
        return copy
    }

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
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for head in 0..<heads {
                for index in 0..<count {
                    for (values, start) in [(false, keyOffset), (true, valueOffset)] {
                        let to = offset(block, head, values: values) + (position + index) * headWidth
                        (memory + to).update(from: base + index * stride + start + head * headWidth, count: headWidth)
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
        let longest = (positions.max() ?? 0) + 1
        queries.withUnsafeBufferPointer { queries in
            out.withUnsafeMutableBufferPointer { out in
                guard let from = queries.baseAddress, let to = out.baseAddress else { return }
                nonisolated(unsafe) let (queries, out, memory) = (from, to, memory)
                team.split(positions.count * heads) { range in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: longest) { scores in
                        guard let scores = scores.baseAddress else { return }
                        for task in range {
                            let (row, head) = (task / self.heads, task % self.heads)
                            let first = head * group * self.headWidth
                            self.attend(
                                queries + row * stride + first, memory + self.offset(block, head, values: false),
                                memory + self.offset(block, head, values: true), count: positions[row] + 1,
                                group: group, scores: scores, out: out + row * width + first)
                        }
                    }
                }
            }
        }
    }

    private func attend(
        _ query: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, count: Int,
        group: Int, scores: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>
    ) {
        let table = Kernels.best.table.pointee
        let width = Int64(headWidth)
        let factor = 1 / Float(headWidth).squareRoot()
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
