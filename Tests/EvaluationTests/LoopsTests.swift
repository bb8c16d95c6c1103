import Compute
import Evaluation
import Testing

/// Which answers count as loops.
@Suite struct LoopsTests {
    @Test func twelveTokensThreeTimesAreALoop() {
        let run = (0..<Int32(12)).map { $0 }
        #expect(Loops.has(run + [99] + run + [98, 97] + run, stop: .length))
        #expect(!Loops.has(run + [99] + run + [98, 97] + run.dropLast(), stop: .length))
        #expect(Loops.has([Int32](repeating: 5, count: 14), stop: .endOfTurn))
        #expect(!Loops.has([Int32](repeating: 5, count: 13), stop: .endOfTurn))
    }

    @Test func otherAnswersAreNone() {
        #expect(!Loops.has([], stop: .endOfTurn) && !Loops.has([1, 2, 3], stop: .length))
        var random = SeededRandom(seed: 3)
        let text = (0..<5000).map { _ in Int32(random.uniform() * 20) }
        #expect(!Loops.has(text, stop: .length))
        // It was ended because it looped; what is left does not.
        #expect(Loops.has([1, 2, 3], stop: .repetition))
    }
}
