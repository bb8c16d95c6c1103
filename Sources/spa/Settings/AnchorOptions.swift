import ArgumentParser
import Evaluation
import Training

/// What a training is to leave to the base.
struct AnchorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Questions that the plugin is to leave to the base, {\"prompt\": …} a line, beside \(AnchorQuestions.all.count) everyday ones: where it speaks and should not.",
            valueName: "file"), completion: .file())
    var anchors: [String] = []

    /// The everyday questions, and the person's own.
    func questions() throws -> [String] {
        try AnchorQuestions.all + EvaluationData.questions(in: anchors.map(Files.expanded))
    }
}
