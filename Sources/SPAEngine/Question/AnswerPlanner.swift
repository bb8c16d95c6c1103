import Tokenizer

/// What an answer is made with, decided once before it: which turns are read, and which plugin may speak.
public struct AnswerPlan: Sendable, Equatable {
    /// What the base reads.
    public var messages: [Message]
    /// Whether these are all of the conversation; otherwise they are read apart from it.
    public var isWhole: Bool
    /// Which of the plugins may speak; nil for none.
    public var speaker: Int?
    /// How likely the question asks for something that the speaker was taught, 0 to 1; nil where its gate decides on
    /// states alone.
    public var subject: Float?

    /// A plan.
    public init(messages: [Message], isWhole: Bool = true, speaker: Int? = 0, subject: Float? = nil) {
        self.messages = messages
        self.isWhole = isWhole
        self.speaker = speaker
        self.subject = subject
    }
}

/// Plans answers, on the device: what a question gate admits is read alone, or with the one turn that it refers back to. So a
/// taught fact is answered in the tenth turn as in the first, and everything else is the base's, whatever was said before.
public struct AnswerPlanner: Sendable {
    /// A taught fact with its words, prepared once.
    private struct Known: Sendable {
        let questions: [ContentWords]
        let answer: ContentWords
        let earlier: ContentWords?
    }
    private let reader: QuestionReader
    private let gates: [(gate: QuestionGate, facts: [Known])?]

    /// A planner for some plugins, in the order in which they are asked where several admit a question equally.
    public init(reader: QuestionReader, plugins: [Plugin]) {
        self.reader = reader
        gates = plugins.map { plugin in plugin.questions.map { ($0, Self.known($0, reader)) } }
    }

    /// A planner for one gate alone.
    package init(reader: QuestionReader, gate: QuestionGate) {
        self.reader = reader
        gates = [(gate, Self.known(gate, reader))]
    }

    private static func known(_ gate: QuestionGate, _ reader: QuestionReader) -> [Known] {
        gate.facts.map { fact in
            Known(
                questions: fact.questions.map(reader.words), answer: reader.words(fact.answer),
                earlier: fact.earlier.isEmpty ? nil : reader.words(fact.earlier))
        }
    }

    /// How likely a question that nothing was said before asks for what was taught, 0 to 1.
    package func subject(of question: String) throws(EngineError) -> Float {
        try plan([Message(role: .user, content: question)]).subject ?? 0
    }

    /// Decides on the answer to the last message.
    public func plan(_ messages: [Message]) throws(EngineError) -> AnswerPlan {
        let whole = AnswerPlan(messages: messages, speaker: gates.isEmpty ? nil : 0)
        guard gates.contains(where: { $0 != nil }), let last = messages.last, last.role == .user else { return whole }
        var question = Question(messages)
        var best: (speaker: Int, logit: Float, withEarlier: Bool)?
        for (speaker, gate) in gates.enumerated() {
            guard let gate, let found = try logit(of: &question, gate.gate, gate.facts) else { continue }
            if found.logit > best?.logit ?? -.infinity { best = (speaker, found.logit, found.withEarlier) }
        }
        // A plugin without a question gate decides by itself, token by token, where no other is sure.
        let other = gates.firstIndex { $0 == nil }
        guard let best else { return AnswerPlan(messages: messages, speaker: other) }
        let subject = SideNetwork.sigmoid(best.logit)
        guard subject > 0.5 else {
            if let other { return AnswerPlan(messages: messages, speaker: other) }
            return AnswerPlan(messages: messages, speaker: best.speaker, subject: subject)
        }
        let system = messages.prefix { $0.role == .system }
        let read = system + (best.withEarlier ? question.earlier : []) + [last]
        return AnswerPlan(
            messages: Array(read), isWhole: read.count == messages.count, speaker: best.speaker, subject: subject)
    }

    /// The question with what has been read of it.
    private struct Question {
        let text: String
        /// The turn before, where the question refers back to it.
        let earlier: [Message]
        var states: [Bool: [Float]] = [:]

        init(_ messages: [Message]) {
            text = messages.last?.content ?? ""
            let before = messages.dropLast().drop { $0.role == .system }
            let turn = Array(before.suffix(2))
            let isTurn = turn.count == 2 && turn[0].role == .user && turn[1].role == .assistant
            earlier = isTurn && StandaloneQuestion.refersBack(text) ? turn : []
        }

        /// The question, and its last sentence, before which a preamble may stand.
        var readings: [String] {
            let sentences = text.split(whereSeparator: { ".!?:\n".contains($0) }).map(String.init)
                .filter { $0.contains(where: \.isLetter) }
            guard sentences.count > 1, let last = sentences.last else { return [text] }
            return [text, last]
        }
    }

    private func logit(
        of question: inout Question, _ gate: QuestionGate, _ facts: [Known]
    ) throws(EngineError) -> (logit: Float, withEarlier: Bool)? {
        guard !facts.isEmpty else { return nil }
        var best: (likeness: QuestionLikeness, withEarlier: Bool)?
        for text in question.readings {
            let asked = reader.words(text)
            for fact in facts {
                for (earlier, withEarlier) in earliers(question, fact) {
                    for taught in fact.questions {
                        let likeness = QuestionLikeness(asked, taught: taught, answer: fact.answer, earlier: earlier)
                        if likeness.closeness > best?.likeness.closeness ?? -.infinity {
                            best = (likeness, withEarlier)
                        }
                    }
                }
            }
        }
        guard let best else { return nil }
        guard let states = gate.states else {
            return (QuestionGate.logit(best.likeness, states: nil), best.withEarlier)
        }
        if question.states[best.withEarlier] == nil {
            question.states[best.withEarlier] = try reader.state(question.text) ?? []
        }
        let state = question.states[best.withEarlier] ?? []
        return (
            QuestionGate.logit(best.likeness, states: state.isEmpty ? nil : states.logit(state)), best.withEarlier
        )
    }

    /// With which earlier words a question may ask for a fact: none where both stand alone.
    private func earliers(_ question: Question, _ fact: Known) -> [(ContentWords?, Bool)] {
        guard let first = question.earlier.first else { return fact.earlier == nil ? [(nil, false)] : [] }
        let before = reader.words(first.content)
        guard let taughtBefore = fact.earlier else { return [(nil, false), (before, true)] }
        // What a taught question refers back to has to be what this one refers back to.
        let likeness = QuestionLikeness(before, taught: taughtBefore, answer: fact.answer)
        return likeness.covered > 0.6 && likeness.coveredTaught > 0.6 ? [(nil, true)] : []
    }
}
