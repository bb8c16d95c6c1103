import SPAEngine

/// Answers that go round in circles.
package enum Loops {
    /// A sequence of so many tokens …
    static let length = 12
    /// … that stands so often in an answer is a loop.
    static let times = 3

    /// Whether an answer loops, or was ended because it did.
    package static func has(_ tokens: [Int32], stop: StopReason) -> Bool {
        if stop == .repetition { return true }
        var counts: [ArraySlice<Int32>: Int] = [:]
        for start in 0..<max(0, tokens.count - length + 1) {
            let sequence = tokens[start..<start + length]
            counts[sequence, default: 0] += 1
            if counts[sequence] == times { return true }
        }
        return false
    }
}
