import SPAEngine
import Tokenizer

/// Rows that teach facts: short questions with an answer each, which people will ask in other words.
public enum FactRows {
    /// More answers are a subject to learn, not facts to remember.
    public static let most = 1500
    private static let fewRows = 200

    /// Whether rows are facts: short questions, each answered alone or after the one turn that it refers back to, few or taught
    /// in several phrasings. What is learned of a passage, or of many questions that are each asked once, has to serve for
    /// questions that nobody taught, and no list of taught ones may shut it out.
    public static func are(_ rows: [TrainingRow]) -> Bool {
        guard !rows.isEmpty else { return false }
        var answers: [UInt64: Int] = [:]
        for row in rows {
            guard let turns = turns(row), turns.question.split(separator: " ").count <= Phrasings.longest,
                turns.question.count <= 240
            else { return false }
            answers[row.answerHash, default: 0] += 1
        }
        guard answers.count <= most else { return false }
        return rows.count <= fewRows || 3 * rows.count(where: { answers[$0.answerHash] ?? 0 > 1 }) >= rows.count
    }

    /// The rows of each fact, in the order of the facts: questions with one answer belong together.
    private static func groups(_ rows: [TrainingRow]) -> [[(row: TrainingRow, turns: Turns)]] {
        var groups: [[(row: TrainingRow, turns: Turns)]] = []
        var places: [String: Int] = [:]
        for row in rows {
            guard let turns = turns(row) else { continue }
            let key = turns.earlier + "\u{1}" + turns.answer
            if let place = places[key] {
                groups[place].append((row, turns))
            } else {
                places[key] = groups.count
                groups.append([(row, turns)])
            }
        }
        return groups
    }

    /// The facts of some rows, in their order.
    static func facts(_ rows: [TrainingRow]) -> [TaughtFact] {
        groups(rows).map { group in
            var seen: Set<String> = []
            return TaughtFact(
                questions: group.map(\.turns.question).filter { seen.insert($0).inserted },
                answer: group[0].turns.answer,
                earlier: group[0].turns.earlier)
        }
    }

    /// Rows as they are read when they are asked for: without turns that their questions do not refer back to.
    static func alone(_ rows: [TrainingRow]) -> [TrainingRow] {
        rows.map { row in
            guard case .conversation(let messages) = row.content, let turns = turns(row), turns.earlier.isEmpty,
                messages.count > 2
            else { return row }
            return TrainingRow(content: .conversation(Array(messages.suffix(2))), source: row.source)
        }
    }

    /// The rows that are learned of facts that are read in the words in which they were taught first: these, and as many other ways
    /// to ask as there is time for.
    static func learned(_ rows: [TrainingRow], contexts: Int) -> [TrainingRow] {
        groups(rows).flatMap { group -> [TrainingRow] in
            let first = group[0].row
            if !group[0].turns.earlier.isEmpty { return [first] }
            let phrased = Phrasings.rows([first], count: contexts)
            var seen: Set<UInt64> = []
            return Array((group.map(\.row) + phrased).filter { seen.insert($0.hash).inserted }.prefix(max(1, contexts)))
        }
    }

    /// How many ways to ask for each of some facts are learned: a few hundred rows in all.
    static func contexts(facts: Int) -> Int { min(8, max(1, 180 / max(1, facts))) }

    private typealias Turns = (earlier: String, question: String, answer: String)

    /// The last question and its answer, with the question before where it refers back; nil for other forms of rows.
    private static func turns(_ row: TrainingRow) -> Turns? {
        guard case .conversation(let messages) = row.content, [2, 4].contains(messages.count),
            messages.enumerated().allSatisfy({ $1.role == ($0 % 2 == 0 ? .user : .assistant) })
        else { return nil }
        let question = messages[messages.count - 2].content
        let refersBack = messages.count == 4 && StandaloneQuestion.refersBack(question)
        return (refersBack ? messages[0].content : "", question, messages[messages.count - 1].content)
    }
}
