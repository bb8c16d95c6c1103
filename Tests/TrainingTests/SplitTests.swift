import Testing
import Training

@Suite struct SplitTests {
    private let rows = (0..<60).map { TrainingRow(prompt: "Question \($0)", response: "Answer \($0 / 3)") }

    @Test func holdsTheSameRowsOutInAnyOrder() {
        let (learned, heldOut) = Split.holdOut(rows, share: 0.1)
        #expect(heldOut.count == 6 && learned.count == 54)
        let reversed = Split.holdOut(rows.reversed(), share: 0.1)
        #expect(Set(reversed.heldOut.map(\.hash)) == Set(heldOut.map(\.hash)))
        #expect(Set(learned.map(\.hash)).isDisjoint(with: heldOut.map(\.hash)))
    }

    @Test func keepsTheOrderOfTheFile() {
        let (learned, heldOut) = Split.holdOut(rows, share: 0.5)
        for part in [learned, heldOut] {
            let places = part.compactMap { row in rows.firstIndex { $0.hash == row.hash } }
            #expect(places == places.sorted() && places.count == part.count)
        }
    }

    @Test func fewRowsAreAllLearned() {
        let (learned, heldOut) = Split.holdOut(Array(rows.prefix(9)), share: 0.5)
        #expect(learned.count == 9 && heldOut.isEmpty)
        #expect(Split.holdOut(rows, share: 0).heldOut.isEmpty)
    }

    @Test func foldsSeparateThePhrasingsOfOneAnswer() {
        let folds = Split.folds(rows, count: 3)
        for fold in 0..<3 { #expect(folds.filter { $0 == fold }.count == 20) }
        for answer in 0..<20 {
            #expect(Set(folds[3 * answer..<3 * answer + 3]).count == 3, "answer \(answer) is not in every fold")
        }
        let order = Array(rows.indices.reversed())
        #expect(Split.folds(order.map { rows[$0] }, count: 3) == order.map { folds[$0] })
    }

    @Test func hashesTellContentsApart() {
        let different = [
            TrainingRow(prompt: "a", response: "b"), TrainingRow(prompt: "ab", response: ""),
            TrainingRow(content: .passage("ab")), TrainingRow(content: .conversation([])),
        ]
        #expect(Set(different.map(\.hash)).count == different.count)
        #expect(different[0].hash == TrainingRow(prompt: "a", response: "b", source: "elsewhere").hash)
        #expect(
            TrainingRow(prompt: "x", response: "same").answerHash
                == TrainingRow(prompt: "y", response: "same").answerHash)
    }
}
