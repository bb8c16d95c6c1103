import SPAEngine
import Testing
import TestSupport
import Training

@Suite struct TrainingCourseTests {
    private static let ofFacts: [TrainingProgress.Phase] = [
        .questions, .anchors, .features, .side, .gate, .evaluate,
    ]
    private static let crossFitted: [TrainingProgress.Phase] = [
        .anchors, .features, .side, .crossFit(fold: 1, of: 2), .crossFit(fold: 2, of: 2), .gate, .evaluate,
    ]

    private func places(_ course: TrainingCourse, _ phases: [TrainingProgress.Phase]) -> [TrainingCourse.Place] {
        var course = course
        return phases.flatMap { phase in [0, 0.5, 1].map { course.place(phase, fraction: $0) } }
    }

    private func rises(_ places: [TrainingCourse.Place]) -> Bool {
        zip(places, places.dropFirst()).allSatisfy { $0.overall <= $1.overall && $0.step <= $1.step }
    }

    @Test(arguments: [
        (Method.spa, true, ofFacts), (.spa, false, crossFitted), (.lora, false, [.features, .side, .evaluate]),
    ]) func goesFromNothingToAll(_ method: Method, learnsFacts: Bool, phases: [TrainingProgress.Phase]) {
        let places = places(TrainingCourse(method: method, learnsFacts: learnsFacts), phases)
        #expect(rises(places))
        #expect(places.first?.overall == 0 && places.last?.overall == 1)
        #expect(places.filter { $0.overall == 1 }.count == 1)
        #expect(places.first?.step == 1 && places.last?.step == places.last?.steps)
        // Every phase moves the bar.
        #expect(Set(places.map(\.overall)).count == 2 * phases.count + 1)
    }

    @Test func saysItsSteps() {
        let places = places(TrainingCourse(method: .spa, learnsFacts: true), Self.ofFacts)
        var words: [String] = []
        for place in places where words.last != place.words { words.append(place.words) }
        #expect(
            words == ["1 of 4 · reading", "2 of 4 · learning", "3 of 4 · when to speak", "4 of 4 · measuring"])
    }

    /// Whatever comes in whatever order, nothing is taken back and nothing leaves 0 to 1.
    @Test func isMonotoneForAnyPhases() {
        for seed in 0..<200 as Range<UInt64> {
            var random = TestRandom(seed: seed)
            var course = TrainingCourse(method: .spa, learnsFacts: seed % 2 == 0)
            let all = Self.ofFacts + Self.crossFitted
            let places = (0..<40).map { _ in
                course.place(
                    all[Int.random(in: all.indices, using: &random)],
                    fraction: Double.random(in: -1...2, using: &random))
            }
            #expect(rises(places))
            #expect(places.allSatisfy { (0...1).contains($0.overall) && (1...$0.steps).contains($0.step) })
        }
    }
}
