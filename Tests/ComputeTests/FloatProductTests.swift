import Compute
import TestSupport
import Testing

/// Test data.
extension TestRandom {
    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }
    mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, values: floats(rows * columns))
    }
}

@Suite struct FloatProductTests {
    static let shapes = [
        (1, 1, 1), (1, 96, 576), (3, 17, 33), (5, 40, 7), (13, 33, 401), (64, 96, 130), (121, 65, 50), (7, 200, 900),
        (250, 70, 30), (300, 2, 600),
    ]

    private func expect(_ result: Matrix, near expected: (Int, Int) -> Double) {
        for row in 0..<result.rows {
            for column in 0..<result.columns {
                let want = expected(row, column)
                #expect(abs(Double(result[row, column]) - want) <= 1e-4 * max(1, abs(want)))
            }
        }
    }

    @Test(arguments: shapes) func equalsTheDefinition(m: Int, n: Int, k: Int) {
        var random = TestRandom(seed: UInt64(m * 10_000 + n * 100 + k))
        let team = ThreadTeam(threads: 2)
        let a = random.matrix(m, k)
        let b = random.matrix(n, k)
        let start = random.matrix(m, n)
        func sum(_ row: Int, _ column: Int) -> Double {
            (0..<k).reduce(0) { $0 + Double(a[row, $1]) * Double(b[column, $1]) }
        }
        var c = start
        FloatProduct.multiplyByTransposed(a, b, into: &c, team: team)
        expect(c, near: sum)
        c = start
        FloatProduct.multiplyByTransposed(a, b, into: &c, accumulate: true, team: team)
        expect(c) { sum($0, $1) + Double(start[$0, $1]) }

        var transposedB = Matrix(rows: k, columns: n)
        for i in 0..<k { for j in 0..<n { transposedB[i, j] = b[j, i] } }
        c = start
        FloatProduct.multiply(a, transposedB, into: &c, team: team)
        expect(c, near: sum)
        var transposedA = Matrix(rows: k, columns: m)
        for i in 0..<k { for j in 0..<m { transposedA[i, j] = a[j, i] } }
        c = start
        FloatProduct.multiplyTransposed(transposedA, by: transposedB, into: &c, accumulate: true, team: team)
        expect(c) { sum($0, $1) + Double(start[$0, $1]) }
    }

    @Test func doesNotDependOnTheTeam() {
        var random = TestRandom(seed: 7)
        let a = random.matrix(90, 333)
        let b = random.matrix(500, 333)
        var one = Matrix(rows: 90, columns: 500)
        var three = one
        FloatProduct.multiplyByTransposed(a, b, into: &one, team: ThreadTeam(threads: 1))
        FloatProduct.multiplyByTransposed(a, b, into: &three, team: ThreadTeam(threads: 3))
        #expect(one == three)
    }

    /// Pieces of the depth, added one after the other, and any cut of the rows give the same bits.
    @Test func doesNotDependOnTheCut() {
        var random = TestRandom(seed: 8)
        let team = ThreadTeam(threads: 1)
        let a = random.matrix(130, 70)
        let b = random.matrix(130, 45)
        var whole = Matrix(rows: 70, columns: 45)
        FloatProduct.multiplyTransposed(a, by: b, into: &whole, team: team)
        var pieces = whole
        for (index, rows) in [0..<51, 51..<52, 52..<130].enumerated() {
            FloatProduct.multiplyTransposed(
                a.gather(rows), by: b.gather(rows), into: &pieces, accumulate: index > 0, team: team)
        }
        #expect(whole == pieces)

        let x = random.matrix(40, 130)
        var y = Matrix(rows: 40, columns: 45)
        FloatProduct.multiply(x, b, into: &y, team: team)
        for rows in [0..<5, 5..<29, 29..<40] {
            var part = Matrix(rows: rows.count, columns: 45)
            FloatProduct.multiply(x.gather(rows), b, into: &part, team: team)
            #expect(part == y.gather(rows))
        }
    }
}
