import GGUF

/// The question gate's part of a plugin's file. What was taught stands in it in words: the file is the person's own.
extension QuestionGate {
    func write(to writer: inout GGUFWriter) throws(GGUFError) {
        writer.set("spa.taught.answers", .strings(facts.map(\.answer)))
        writer.set("spa.taught.earlier", .strings(facts.map(\.earlier)))
        writer.set("spa.taught.questions", .strings(facts.flatMap(\.questions)))
        writer.set(
            "spa.taught.answer_of_question",
            .int32s(
                facts.enumerated().flatMap { index, fact in fact.questions.map { _ in Int32(index) } }))
        guard let states else { return }
        try writer.add(name: "questions.weight", type: .f32, shape: [states.weight.count], values: states.weight)
        try writer.add(name: "questions.bias", type: .f32, shape: [1], values: [states.bias])
    }

    /// nil where the file has none.
    init?(_ reader: PluginReader, baseWidth: Int) throws(EngineError) {
        guard let answers = reader.file.strings("spa.taught.answers") else { return nil }
        let earlier = reader.file.strings("spa.taught.earlier") ?? answers.map { _ in "" }
        guard let questions = reader.file.strings("spa.taught.questions"),
            let places = reader.file.integers("spa.taught.answer_of_question"), places.count == questions.count,
            earlier.count == answers.count, places.allSatisfy(answers.indices.contains)
        else { throw reader.error("metadata 'spa.taught' is incomplete") }
        var facts = zip(answers, earlier).map { TaughtFact(questions: [], answer: $0, earlier: $1) }
        for (question, place) in zip(questions, places) { facts[place].questions.append(question) }
        self.init(facts: facts)
        guard let count = reader.file.tensor("questions.weight")?.shape.first else { return }
        guard count % baseWidth == 0, (1...8).contains(count / baseWidth) else {
            throw reader.error("tensor 'questions.weight' is not of the base's width")
        }
        states = QuestionStateGate(
            weight: try reader.values("questions.weight", [count]), bias: try reader.values("questions.bias", [1])[0])
    }
}
