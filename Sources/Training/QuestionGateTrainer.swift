import Compute
import Glibc
import SPAEngine

/// Trains the part of a question gate that reads the base's states: logistic regression between the taught questions in many
/// phrasings and questions that ask for something else: everyday ones, personal ones that nobody answered, and the
/// taught ones with a word of the same kind in the place of theirs.
struct QuestionGateTrainer {
    let reader: QuestionReader
    let facts: [TaughtFact]
    /// Everyday questions, and those that were named as not the plugin's.
    let everyday: [String]
    let seed: UInt64
    let team: ThreadTeam

    /// Phrasings of a question that are read, and swapped forms.
    private static let phrasings = 8
    private static let mostTaught = 400
    private static let mostSwapped = 200
    /// What the taught questions weigh beside all others.
    private static let taughtWeight: Float = 0.7
    private static let decay: Float = 0.1
    private static let steps = 300

    /// A gate for the facts.
    /// - Parameter progress: called with the share done; false ends the training with words alone.
    func train(_ progress: (Double) -> Bool) throws -> QuestionGate {
        var gate = QuestionGate(facts: facts)
        let standing = facts.filter { $0.earlier.isEmpty }
        let questions = standing.flatMap(\.questions)
        guard !questions.isEmpty else { return gate }
        let each = min(Self.phrasings, max(1, Self.mostTaught / questions.count))
        let taught = questions.flatMap { Phrasings.some(each, of: $0, seed: stableHash($0)) }
        let known = Set(taught.map { $0.lowercased() })
        let byWords = AnswerPlanner(reader: reader, gate: gate)
        var others = everyday + swapped(questions)
        // A personal question that a row answers, in whatever words, is no question of somebody else.
        others += try PersonalQuestions.all.filter { try byWords.subject(of: $0) < 0.3 }
        others = others.filter { !known.contains($0.lowercased()) }
        var states: [[Float]] = []
        var labels: [Float] = []
        let all = taught.map { ($0, Float(1)) } + others.map { ($0, Float(0)) }
        for (index, (question, label)) in all.enumerated() {
            guard progress(Double(index) / Double(all.count)) else { return gate }
            guard let state = try reader.state(question) else { continue }
            states.append(state)
            labels.append(label)
        }
        gate.states = Self.fit(states, labels, team: team)
        return gate
    }

    /// The taught questions with one word changed for another of its kind, or about somebody else.
    private func swapped(_ questions: [String]) -> [String] {
        var random = SeededRandom(seed: seed, stream: 11)
        var result: [String] = []
        for question in questions.shuffled(using: &random) where result.count < Self.mostSwapped {
            let words = question.split(separator: " ").map(String.init)
            for (place, word) in words.enumerated() {
                let bare = word.trimmingPrefix(while: \.isPunctuation).prefix { $0.isLetter || $0 == "-" }
                guard bare.count > 1,
                    !["my", "name", "like", "what", "where", "when", "who"].contains(bare.lowercased())
                else { continue }
                for other in QuestionGate.others(than: bare.lowercased()).shuffled(using: &random).prefix(3) {
                    var changed = words
                    changed[place] = word.replacing(bare, with: other.replacing("-", with: " "))
                    result.append(changed.joined(separator: " "))
                }
            }
            for (mine, other) in [("my", "your"), ("my", "my neighbour's"), ("I", "you")] {
                guard words.contains(mine) else { continue }
                result.append(words.map { $0 == mine ? other : $0 }.joined(separator: " "))
            }
        }
        return result
    }

    /// Logistic regression on standardised states, by gradient descent with momentum.
    static func fit(_ states: [[Float]], _ labels: [Float], team: ThreadTeam) -> QuestionStateGate? {
        guard let width = states.first?.count, labels.contains(1), labels.contains(0) else { return nil }
        let rows = Float(states.count)
        var (mean, deviation) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
        for state in states { VectorMath.addScaled(&mean, state, factor: 1 / rows) }
        for state in states {
            for column in 0..<width {
                deviation[column] += (state[column] - mean[column]) * (state[column] - mean[column])
            }
        }
        deviation = deviation.map { max(($0 / rows).squareRoot(), 1e-3) }
        // Scaled so that the sum of squares of a row is about 1, and one step size serves all widths.
        let scale = 1 / Float(width).squareRoot()
        var x = Matrix(rows: states.count, columns: width)
        for (row, state) in states.enumerated() {
            for column in 0..<width { x[row, column] = (state[column] - mean[column]) / deviation[column] * scale }
        }
        let taught = labels.reduce(0, +)
        let weights = labels.map { $0 == 1 ? (rows - taught) / taught * taughtWeight : 1 }
        let total = weights.reduce(0, +)
        var (weight, velocity) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
        var (bias, biasVelocity): (Float, Float) = (0, 0)
        for _ in 0..<steps {
            var gradient = weight
            VectorMath.scale(&gradient, by: decay / total)
            var biasGradient: Float = 0
            for row in 0..<x.rows {
                let logit = VectorMath.dot(x.values, at: row * width, weight, count: width) + bias
                let error = weights[row] * (1 / (1 + exp(-logit)) - labels[row]) / total
                VectorMath.addScaled(&gradient, in: 0..<width, x.values, at: row * width, factor: error)
                biasGradient += error
            }
            for column in 0..<width {
                velocity[column] = 0.9 * velocity[column] - 2 * gradient[column]
                weight[column] += velocity[column]
            }
            biasVelocity = 0.9 * biasVelocity - 2 * biasGradient
            bias += biasVelocity
        }
        // Standardising folded in.
        let folded = zip(weight, deviation).map { $0 * scale / $1 }
        return QuestionStateGate(
            weight: folded, bias: bias - VectorMath.dot(folded, mean, count: width))
    }
}
