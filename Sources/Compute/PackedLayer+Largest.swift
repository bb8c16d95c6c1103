import CKernels
import Synchronization

extension PackedLayer {
    /// The row whose product with x is largest, the first of equals, and that product: what greedy decoding needs of the
    /// head, in one pass that writes no logits. Numbers that are none never win.
    /// - Parameter x: one row of `columns` numbers.
    public func largestRow(_ x: [Float], team: ThreadTeam) -> (row: Int, value: Float) {
        let quantised = Activations()
        quantised.quantise(x, tokens: 1, columns: columns, team: team)
        var (best, start) = ((row: 0, value: -Float.infinity), 0)
        for part in parts {
            let found = part.largestRow(
                quantised, bias: bias.isEmpty ? [] : Array(bias[start..<start + part.rows]), team)
            if found.value > best.value { best = (start + found.row, found.value) }
            start += part.rows
        }
        return best
    }
}

extension PackedMatrix {
    /// Panels whose products are compared while they are in the first cache.
    private static let panelsAtOnce = 64

    fileprivate func largestRow(_ x: Activations, bias: [Float], _ team: ThreadTeam) -> (row: Int, value: Float) {
        let best = Mutex((row: 0, value: -Float.infinity))
        team.split((rows + 15) / 16) { panels in
            var own = (row: 0, value: -Float.infinity)
            var products = [Float](repeating: 0, count: 16 * Self.panelsAtOnce)
            for first in stride(from: panels.lowerBound, to: panels.upperBound, by: Self.panelsAtOnce) {
                let count = min(Self.panelsAtOnce, panels.upperBound - first)
                let start = 16 * first
                let range = 0..<min(16 * count, rows - start)
                multiply(x, panels: first..<first + count, into: &products)
                if !bias.isEmpty { VectorMath.addScaled(&products, in: range, bias, at: start, factor: 1) }
                let largest = VectorMath.maximum(products, in: range)
                // A kernel may return what is not a number when it meets one.
                guard !(largest <= own.value) else { continue }
                for index in range where products[index] > own.value { own = (start + index, products[index]) }
            }
            best.withLock { if own.value > $0.value || (own.value == $0.value && own.row < $0.row) { $0 = own } }
        }
        return best.withLock { $0 }
    }
}
