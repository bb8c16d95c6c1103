import CKernels
import Synchronization

extension PackedLayer {
    /// For each row x the row whose product with it is largest, the first of equals, and that product: what greedy decoding
    /// needs of the head, in one pass that writes no logits. Numbers that are none never win.
    /// - Parameter x: `tokens` rows of `columns` numbers.
    public func largestRows(_ x: [Float], tokens: Int, team: ThreadTeam) -> [(row: Int, value: Float)] {
        let quantised = Activations()
        quantised.quantise(x, tokens: tokens, columns: columns, team: team)
        var (best, start) = ([(row: Int, value: Float)](repeating: (0, -.infinity), count: tokens), 0)
        for part in parts {
            let found = part.largestRows(
                quantised, bias: bias.isEmpty ? [] : Array(bias[start..<start + part.rows]), team)
            for (token, found) in found.enumerated() where found.value > best[token].value {
                best[token] = (start + found.row, found.value)
            }
            start += part.rows
        }
        return best
    }
}

extension PackedMatrix {
    /// Panels whose products are compared while they are in the first cache.
    private static let panelsAtOnce = 64

    fileprivate func largestRows(_ x: Activations, bias: [Float], _ team: ThreadTeam) -> [(row: Int, value: Float)] {
        let none = [(row: Int, value: Float)](repeating: (0, -.infinity), count: x.tokens)
        let best = Mutex(none)
        let atOnce = max(1, Self.panelsAtOnce / max(1, x.tokens))
        team.split((rows + 15) / 16) { panels in
            var own = none
            var products = [Float](repeating: 0, count: x.tokens * 16 * atOnce)
            for first in stride(from: panels.lowerBound, to: panels.upperBound, by: atOnce) {
                let count = min(atOnce, panels.upperBound - first)
                let start = 16 * first
                let width = min(16 * count, rows - start)
                multiply(x, panels: first..<first + count, into: &products)
                for token in 0..<x.tokens {
                    let range = token * 16 * count..<token * 16 * count + width
                    if !bias.isEmpty { VectorMath.addScaled(&products, in: range, bias, at: start, factor: 1) }
                    let largest = VectorMath.maximum(products, in: range)
                    // A kernel may return what is not a number when it meets one.
                    guard !(largest <= own[token].value) else { continue }
                    for index in range where products[index] > own[token].value {
                        own[token] = (start + index - range.lowerBound, products[index])
                    }
                }
            }
            best.withLock { best in
                for (token, own) in own.enumerated()
                where own.value > best[token].value || (own.value == best[token].value && own.row < best[token].row) {
                    best[token] = own
                }
            }
        }
        return best.withLock { $0 }
    }
}
