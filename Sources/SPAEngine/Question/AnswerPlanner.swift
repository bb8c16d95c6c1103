import Tokenizer

/// What an answer is made with, decided once before it: which turns are read, and which plugin may speak.
public struct AnswerPlan: Sendable, Equatable {
    /// What the base reads.
    public var messages: [Message]
    /// The taught question that is read in place of the one asked; nil where that is read itself.
    public var asTaught: String?
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

/// Plans answers, on the device: what a question gate admits is read alone, in the words in which it was taught first. So a taught
/// fact is answered in the tenth turn as in the first, however it is asked for, and everything else is the base's, whatever was
/// said before.
public struct AnswerPlanner: Sendable {
    /// A taught fact with its words, prepared once.
    private struct Known: Sendable {
        let questions: [TaughtWords]
        let earlier: TaughtWords?
    }
    /// A question gate with its facts' words.
    private struct Prepared: Sendable {
        let gate: QuestionGate
        let facts: [Known]
        let rarity: RarityAmongFacts
        /// What is taken off where one of so many facts may be near by chance.
        let chance: Float
        /// Many facts are a person's own, and what is asked of these is seldom near by chance.
        let isPersonal: Bool
    }
    /// The nearest of what a gate's plugin was taught.
    private struct Match {
        var likeness: QuestionLikeness
        var fact: Int
        var question: Int
        /// Whether words of the turn before stood for what the question leaves out.
        var usesEarlier: Bool
        var logit: Float = 0
    }
    private let reader: QuestionReader
    private let gates: [Prepared?]

    /// A planner for some plugins; where several admit a question equally the last of them speaks.
    public init(reader: QuestionReader, plugins: [Plugin]) {
        self.reader = reader
        gates = plugins.map { plugin in plugin.questions.map { Self.prepared($0, reader) } }
    }

    /// A planner for one gate alone.
    package init(reader: QuestionReader, gate: QuestionGate) {
        self.reader = reader
        gates = [Self.prepared(gate, reader)]
    }

    private static func prepared(_ gate: QuestionGate, _ reader: QuestionReader) -> Prepared {
        let texts = gate.facts.map { fact in (fact.questions + [fact.answer]).map(reader.words) }
        let rarity = RarityAmongFacts(texts)
        let facts = zip(gate.facts, texts).map { fact, texts in
            let answer = rarity.weighed(texts[texts.count - 1])
            let says = AnswerKinds(fact.answer)
            func taught(_ question: ContentWords) -> TaughtWords {
                TaughtWords(question: rarity.weighed(question), answer: answer, says: says.beside(question.order))
            }
            return Known(
                questions: texts.dropLast().map(taught),
                earlier: fact.earlier.isEmpty ? nil : taught(reader.words(fact.earlier)))
        }
        let questions = facts.reduce(0) { $0 + $1.questions.count }
        let own = facts.count { fact in fact.questions.contains { $0.question.isOwn } }
        let others = 1 - Float(own) / Float(max(1, facts.count))
        return Prepared(
            gate: gate, facts: facts, rarity: rarity, chance: others * QuestionGate.chance(questions: questions),
            isPersonal: others < 0.6)
    }

    /// How likely a question that nothing was said before asks for what was taught, 0 to 1.
    package func subject(of question: String) throws(EngineError) -> Float {
        try plan([Message(role: .user, content: question)]).subject ?? 0
    }

    /// Decides on the answer to the last message.
    public func plan(_ messages: [Message]) throws(EngineError) -> AnswerPlan {
        let whole = AnswerPlan(messages: messages, speaker: gates.isEmpty ? nil : 0)
        guard gates.contains(where: { $0 != nil }), let last = messages.last, last.role == .user else { return whole }
        let question = Question(messages)
        let nearest = gates.map { gate in gate.map { self.nearest(question, $0.facts, $0.rarity) } ?? [] }
        // What refers back says little by itself.
        let readsStates = zip(gates, nearest).contains { gate, nearest in
            gate?.gate.states != nil && nearest.first?.usesEarlier == false
        }
        let state = readsStates ? try reader.state(question.text) : nil
        var best: (speaker: Int, match: Match)?
        for (speaker, gate) in gates.enumerated() {
            guard let gate, var match = try match(question, gate, nearest[speaker], state) else { continue }
            let isOwn = gate.facts[match.fact].questions[match.question].question.isOwn
            match.logit -= isOwn && gate.isPersonal ? 0 : gate.chance
            // Of two that are as sure the later one: what was taught last is meant.
            if match.logit >= best?.match.logit ?? -.infinity { best = (speaker, match) }
        }
        // A plugin without a question gate decides by itself, token by token, where no other is sure.
        let other = gates.firstIndex { $0 == nil }
        let subject = best.map { SideNetwork.sigmoid($0.match.logit) } ?? 0
        guard let best, let gate = gates[best.speaker]?.gate, subject > 0.5 else {
            if let other { return AnswerPlan(messages: messages, speaker: other) }
            // A speaker all the same, for whoever lets the side write everything.
            return AnswerPlan(messages: messages, speaker: best?.speaker ?? 0, subject: subject)
        }
        let fact = gate.facts[best.match.fact]
        guard let canonical = fact.questions.first else { return whole }
        let asTaught = Message(role: .user, content: canonical)
        var read = Array(messages.prefix { $0.role == .system })
        if !fact.earlier.isEmpty { read += question.earlier }
        read.append(asTaught)
        var plan = AnswerPlan(messages: read, isWhole: read == messages, speaker: best.speaker, subject: subject)
        plan.asTaught = canonical == question.text ? nil : canonical
        return plan
    }

    /// The question with what has been read of it.
    private struct Question {
        let text: String
        /// The turn before, where the question refers back to it.
        let earlier: [Message]

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

    /// The facts whose questions are the nearest by their words, each with its nearest question; the nearest first.
    private func nearest(_ question: Question, _ facts: [Known], _ rarity: RarityAmongFacts) -> [Match] {
        let readings = question.readings.map { rarity.weighed(reader.words($0)) }
        var all: [Match] = []
        for (place, fact) in facts.enumerated() {
            var best: Match?
            for asked in readings {
                for earlier in earliers(question, fact, rarity) {
                    for (number, taught) in fact.questions.enumerated() {
                        let likeness = QuestionLikeness(asked, taught: taught, earlier: earlier)
                        guard likeness.isPossible, likeness.closeness > best?.likeness.closeness ?? -.infinity else {
                            continue
                        }
                        best = Match(
                            likeness: likeness, fact: place, question: number,
                            usesEarlier: earlier != nil || fact.earlier != nil)
                    }
                }
            }
            if let best { all.append(best) }
        }
        guard let closest = all.map(\.likeness.closeness).max() else { return [] }
        return Array(
            all.filter { $0.likeness.closeness > closest - Self.nearEnough }
                .sorted { $0.likeness.closeness > $1.likeness.closeness }.prefix(Self.most))
    }

    /// What is farther behind the nearest by words is not compared by the base.
    private static let nearEnough: Float = 0.25
    private static let most = 4

    /// The fact that a question most probably asks for, with the logarithm of the odds that it does.
    /// - Parameter state: the base's states of the question, where they are read.
    private func match(
        _ question: Question, _ gate: Prepared, _ nearest: [Match], _ state: [Float]?
    ) throws(EngineError) -> Match? {
        guard var best = nearest.first else { return nil }
        best.logit = QuestionGate.logit(best.likeness)
        guard let states = gate.gate.states, let state, !best.usesEarlier else { return best }
        let standing = nearest.filter { !$0.usesEarlier }
        if standing.count > 1 {
            let gains = try reader.gains(of: standing.map { gate.gate.facts[$0.fact].answer }, after: question.text)
            var highest = -Float.infinity
            for (match, gain) in zip(standing, gains) {
                let score = match.likeness.closeness + Self.gainWeight * (gain ?? 0)
                if score > highest { (highest, best) = (score, match) }
            }
            best.logit = QuestionGate.logit(best.likeness)
        }
        let taught = gate.gate.facts[best.fact].questions[best.question]
        if let expected = try reader.expectation(of: question.text, after: taught) {
            best.logit = QuestionGate.logit(best.likeness, expected: expected, states: states.logit(state))
        }
        return best
    }

    /// What a nat by which the base expects an answer better counts beside the words' closeness, where several facts are near.
    private static let gainWeight: Float = 0.015

    /// With which earlier words a question may ask for a fact: none where both stand alone.
    private func earliers(_ question: Question, _ fact: Known, _ rarity: RarityAmongFacts) -> [ContentWords?] {
        guard let first = question.earlier.first else { return fact.earlier == nil ? [nil] : [] }
        let before = rarity.weighed(reader.words(first.content))
        guard let taughtBefore = fact.earlier else { return [nil, before] }
        // What a taught question refers back to has to be what this one refers back to.
        let likeness = QuestionLikeness(before, taught: taughtBefore)
        return likeness.covered > 0.6 && likeness.coveredTaught > 0.6 ? [nil] : []
    }
}
