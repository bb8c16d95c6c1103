import Compute
import SPAEngine
import TestSupport
import Testing

@Suite struct SideNetworkTests {
    private let sizes = SideConfiguration(taps: [1, 2, 4], width: 8, baseWidth: 64)

    private func random(_ rows: Int, _ random: inout SeededRandom) -> Matrix {
        Matrix(rows: rows, columns: 64, values: (0..<rows * 64).map { _ in random.normal() })
    }

    private func trained() -> SideNetwork {
        var side = SideNetwork(sizes, seed: 3)
        var random = SeededRandom(seed: 9)
        side.up.values = side.up.values.map { _ in random.normal() }
        side.alpha = [0, 0.7, -1.3]
        return side
    }

    @Test func anUntrainedSideAddsNothing() {
        var source = SeededRandom(seed: 1)
        let taps = (0..<3).map { _ in random(5, &source) }
        let u = SideNetwork(sizes, seed: 3).forward(taps, team: ThreadTeam(threads: 1))
        #expect(u == Matrix(rows: 5, columns: 64))
    }

    /// What the device runs, one position at a time in half precision, is the network that was trained.
    @Test(arguments: [1, 2]) func inferenceIsOneRow(threads: Int) throws {
        var source = SeededRandom(seed: 1)
        let taps = (0..<3).map { _ in random(5, &source) }
        var side = trained()
        side.update { values, isMatrix in
            if isMatrix { values = HalfVector.decode(HalfVector.encode(values)) }
        }
        let team = ThreadTeam(threads: threads)
        let (all, inference) = (side.forward(taps, team: team), try #require(SideInference(side)))
        for position in 0..<5 {
            let u = inference.forward(taps.map { $0.gather([position]) }, team: team)
            #expect(u.count == 64 && zip(u, all.row(position)).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    /// Position t needs the taps of position t and nothing else.
    @Test func positionsAreIndependent() {
        var source = SeededRandom(seed: 1)
        let taps = (0..<3).map { _ in random(9, &source) }
        let side = trained()
        let team = ThreadTeam(threads: 2)
        let together = side.forward(taps, team: team)
        for position in 0..<9 {
            let alone = side.forward(taps.map { $0.gather([position]) }, team: team)
            for column in 0..<64 {
                #expect(abs(alone[0, column] - together[position, column]) < 1e-4)
            }
        }
    }

    @Test func equalForAnyNumberOfThreads() {
        var source = SeededRandom(seed: 2)
        let side = SideNetwork(SideConfiguration(taps: [1, 2], width: 48, baseWidth: 64), seed: 1)
        let taps = (0..<2).map { _ in random(100, &source) }
        #expect(
            side.forward(taps, team: ThreadTeam(threads: 1)) == side.forward(taps, team: ThreadTeam(threads: 3)))
    }

    @Test func tensorsCanBeTakenOutAndPutBack() {
        let side = trained()
        var copy = SideNetwork(zeros: sizes)
        copy.setTensors(side.tensors.map(\.values))
        #expect(copy == side)
    }
}
