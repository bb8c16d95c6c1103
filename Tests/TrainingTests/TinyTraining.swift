import Compute
import SPAEngine
import TestSupport
import Tokenizer
import Training

/// What trainings on the tiny model learn, and how little of it.
enum TinyTraining {
    /// Three answers, four questions each.
    static let rows = (0..<12).map {
        TrainingRow(prompt: "the \($0) of it?", response: ["and you in the end", "other hats", "it is on"][$0 / 4])
    }
    static let questions = ["Hello", "What is it", "other", "and", "in the hat", "you", "on it?"]

    /// Small networks and few epochs.
    static func options(epochs: Int, linearSteps: Int) -> TrainingOptions {
        var options = TrainingOptions()
        options.side.epochs = epochs
        options.blocks.epochs = epochs
        options.gate.linearSteps = linearSteps
        options.gate.subjectNetwork.hiddenWidth = 6
        options.gate.effectNetwork.hiddenWidth = 8
        options.configuration.width = 12
        options.heldOutShare = 0.25
        options.seed = 7
        return options
    }

    static func trainer(_ options: TrainingOptions, threads: Int = 1) throws -> Trainer {
        let file = try TinyModel.file()
        return Trainer(
            base: try BaseModel(file: file, team: ThreadTeam(threads: threads)),
            tokenizer: try Tokenizer(file: file), template: .chatML, options: options, questions: questions)
    }
}
