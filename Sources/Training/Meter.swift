/// Reckons the time left from the positions computed so far.
struct Meter {
    private var left: Int
    private var done = 0
    private let start = ContinuousClock.now

    init(left: Int) { self.left = left }

    mutating func count(_ positions: Int) {
        done += positions
        left -= positions
    }

    /// Takes work off that need not be done.
    mutating func skip(_ positions: Int) { left -= positions }

    var rate: Double? { done == 0 ? nil : Double(done) / max(seconds, 1e-3) }
    var secondsLeft: Double? { rate.map { Double(max(0, left)) / $0 } }

    private var seconds: Double {
        let parts = (ContinuousClock.now - start).components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}
