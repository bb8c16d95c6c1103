import Compute

/// Something that a gate may read: it is on the cloud before anything is sent.
public enum GateSource: Sendable, Hashable {
    /// rms(f), H numbers.
    case final
    /// rms(h^{l_k}) of the plugin's tap k, counted from 0, H numbers.
    case tap(Int)
    /// How sure the base is of its next token, 4 numbers. Costs the cloud a pass over its output head on side tokens too.
    case confidence
    /// A column that a study adds to see what it is worth; no plugin's file has it.
    case added

    /// How many numbers it is on a base of width H.
    package func width(base: Int) -> Int {
        switch self {
        case .final, .tap: base
        case .confidence: 4
        case .added: 1
        }
    }

    /// As a plugin's file names it.
    var name: String {
        switch self {
        case .final: "final"
        case .tap(let index): "tap.\(index)"
        case .confidence: "confidence"
        case .added: "added"
        }
    }

    init?(name: some StringProtocol) {
        switch name {
        case "final": self = .final
        case "confidence": self = .confidence
        default:
            guard name.hasPrefix("tap."), let index = Int(name.dropFirst(4)), index >= 0 else { return nil }
            self = .tap(index)
        }
    }
}

/// What a gate reads of some positions.
public struct GateInput: Sendable {
    /// The positions.
    public let rows: Int
    private var parts: [GateSource: Matrix]

    /// rms(f), [n, H], alone.
    public init(rmsFinal: Matrix) {
        rows = rmsFinal.rows
        parts = [.final: rmsFinal]
    }

    /// Reads what a gate needs from the base's raw states.
    /// - Parameters:
    ///   - final: f, [n, H].
    ///   - taps: h^{l_k} of the plugin's taps, K of [n, H].
    ///   - logits: the base's logits, [n, V]; asked for only by a gate that reads `confidence`.
    public init(for gate: Gate, final: Matrix, taps: [Matrix], logits: () -> Matrix) {
        self.init(rmsFinal: VectorMath.rms(final))
        for source in gate.sources {
            switch source {
            case .final, .added: break
            case .tap(let index): if taps.indices.contains(index) { self[source] = VectorMath.rms(taps[index]) }
            case .confidence: self[source] = Self.confidence(logits())
            }
        }
    }

    /// One part, [n, its width].
    public subscript(source: GateSource) -> Matrix? {
        get { parts[source] }
        set { parts[source] = newValue }
    }

    /// Several parts side by side. All of them are there.
    package func beside(_ sources: [GateSource]) -> Matrix {
        let matrices = sources.compactMap { parts[$0] }
        if matrices.count == 1 { return matrices[0] }
        var values: [Float] = []
        values.reserveCapacity(rows * matrices.reduce(0) { $0 + $1.columns })
        for row in 0..<rows {
            for matrix in matrices { values += matrix.row(row) }
        }
        return Matrix(rows: rows, columns: matrices.reduce(0) { $0 + $1.columns }, values: values)
    }

    /// Some positions.
    package func gather(_ positions: [Int]) -> GateInput {
        GateInput(rows: positions.count, parts: parts.mapValues { $0.gather(positions) })
    }

    /// These positions, then others.
    package func above(_ other: GateInput) -> GateInput {
        var result = GateInput(rows: rows + other.rows, parts: [:])
        for (source, part) in parts {
            guard let below = other.parts[source] else { continue }
            result.parts[source] = Matrix(
                rows: part.rows + below.rows, columns: part.columns, values: part.values + below.values)
        }
        return result
    }

    private init(rows: Int, parts: [GateSource: Matrix]) {
        self.rows = rows
        self.parts = parts
    }

    /// The two largest log-probabilities, the margin between them, and the entropy, nats: [n, 4] of logits [n, V].
    package static func confidence(_ logits: Matrix) -> Matrix {
        var result = Matrix(rows: logits.rows, columns: 4)
        for row in 0..<logits.rows {
            let range = row * logits.columns..<(row + 1) * logits.columns
            var (first, second) = (-Float.infinity, -Float.infinity)
            for value in logits.values[range] where value > second {
                (first, second) = value > first ? (value, first) : (first, value)
            }
            var probabilities = Array(logits.values[range])
            let sum = VectorMath.softmax(&probabilities, in: 0..<probabilities.count)
            // H = lse - Σ p z
            let mean = VectorMath.dot(
                probabilities, at: 0, logits.values, at: range.lowerBound, count: probabilities.count)
            result.setRow(row, [first - sum, second - sum, first - second, sum - mean])
        }
        return result
    }
}
