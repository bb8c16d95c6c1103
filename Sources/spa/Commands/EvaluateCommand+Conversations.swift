import ArgumentParser
import Evaluation
import SPAEngine
import Training

/// `spa evaluate --conversations FILE --plugin FILE`
extension EvaluateCommand {
    /// Plays scripted conversations and shows what became of them.
    func play(_ settings: Settings) throws {
        let scripts = try ConversationData.read(data.map(Files.expanded), subject: subject)
        let taught = try taughtFacts(scripts)
        let engine = try LoadedEngine.load(settings)
        for note in engine.notes { Standard.error("spa: note: \(note)") }
        let player = ConversationPlayer(
            base: engine.base, tokenizer: engine.tokenizer, template: engine.template, plugins: engine.plugins,
            options: Self.options(settings, engine))

        let control = GenerationControl()
        let interrupt = InterruptHandler { control.cancel() }
        let result = runToEnd { () -> Result<ConversationReport, any Error> in
            var line = ProgressLine()
            defer { line.clear() }
            do {
                return .success(
                    try await player.play(scripts, facts: taught, control: control) { done in
                        line.show("\(done) of \(scripts.count) conversations")
                    })
            } catch {
                return .failure(error)
            }
        }
        withExtendedLifetime(interrupt) {}
        let report = try result.get()
        if json {
            Standard.line(ConversationDisplay.object(report, answers: answers).text)
        } else {
            if answers { ConversationDisplay.showAnswers(report) }
            ConversationDisplay.show(report, of: scripts.count)
        }
        if control.isCancelled { throw ExitCode(130) }
    }

    /// What was taught on a conversation's subject: the rows that were given, or those beside its file; nil where there are none.
    private func taughtFacts(
        _ scripts: [ConversationScript]
    ) throws -> @Sendable (ConversationScript) -> TaughtFacts? {
        if !facts.isEmpty {
            let given = TaughtFacts(try TrainingData.read(facts.map(Files.expanded)).rows)
            return { _ in given }
        }
        var beside: [String: TaughtFacts] = [:]
        for path in Set(scripts.map(\.factsPath)).sorted() where Paths.exists(path) {
            beside[path] = TaughtFacts(try TrainingData.read([path]).rows)
        }
        return { [beside] in beside[$0.factsPath] }
    }
}
