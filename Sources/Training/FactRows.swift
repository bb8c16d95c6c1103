import SPAEngine
import Tokenizer

/// Rows that teach facts: short questions with an answer each, which people will ask in other words.
public enum FactRows {
    /// More rows are a subject to learn, not facts to remember.
    public static let most = 1500
    private static let fewRows = 200

    /// Whether rows are facts: short questions, each answered alone or after the one turn that it refers back to, few or taught
    /// in several phrasings. What is learned of a passage, or of many questions that are each asked once, has to serve for
    /// questions that nobody taught, and no list of taught ones may shut it out.
    public static func are(_ rows: [TrainingRow]) -> Bool {
        guard !rows.isEmpty, rows.count <= most else { return false }
        var answers: [UInt64: Int] = [:]
        for row in rows {
            guard let turns = turns(row), turns.question.split(separator: " ").count <= Phrasings.longest,
                turns.question.count <= 240
            else { return false }
            answers[row.answerHash, default: 0] += 1
        }
        return rows.count <= fewRows || 3 * rows.count(where: { answers[$0.answerHash] ?? 0 > 1 }) >= rows.count
    }

    /// The facts of some rows, in their order: questions with one answer belong together.
    static func facts(_ rows: [TrainingRow]) -> [TaughtFact] {
        var facts: [TaughtFact] = []
        var places: [String: Int] = [:]
        for row in rows {
            guard let turns = turns(row) else { continue }
            let key = turns.earlier + "\u{1}" + turns.answer
            if let place = places[key] {
                if !facts[place].questions.contains(turns.question) { facts[place].questions.append(turns.question) }
            } else {
                places[key] = facts.count
                facts.append(TaughtFact(questions: [turns.question], answer: turns.answer, earlier: turns.earlier))
            }
        }
        return facts
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
        var order: [String] = []
        var groups: [String: [TrainingRow]] = [:]
        for row in rows {
            guard let turns = turns(row) else { continue }
            let key = turns.earlier + "\u{1}" + turns.answer
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(row)
        }
        return order.flatMap { key -> [TrainingRow] in
            guard let group = groups[key], let first = group.first, let turns = turns(first) else { return [] }
            if !turns.earlier.isEmpty { return [first] }
            let phrased = Phrasings.rows([first], count: contexts)
            var seen: Set<UInt64> = []
            return Array((group + phrased).filter { seen.insert($0.hash).inserted }.prefix(max(1, contexts)))
        }
    }

    /// How many ways to ask for each of some facts are learned: a few hundred rows in all.
    static func contexts(facts: Int) -> Int { min(8, max(1, 180 / max(1, facts))) }

    /// The last question and its answer, with the question before where it refers back; nil for other forms of rows.
    private static func turns(_ row: TrainingRow) -> (earlier: String, question: String, answer: String)? {
        guard case .conversation(let messages) = row.content, [2, 4].contains(messages.count),
            messages.enumerated().allSatisfy({ $1.role == ($0 % 2 == 0 ? .user : .assistant) })
        else { return nil }
        let question = messages[messages.count - 2].content
        let refersBack = messages.count == 4 && StandaloneQuestion.refersBack(question)
        return (refersBack ? messages[0].content : "", question, messages[messages.count - 1].content)
    }
}
