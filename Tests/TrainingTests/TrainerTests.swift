import Compute
import Foundation
import SPAEngine
import TestSupport
import Testing
import Tokenizer
import Training

/// The whole training on the tiny model.
@Suite struct TrainerTests {
    private let folder = TinyModel.temporaryPath("training")

    private func options() -> TrainingOptions { Self.options() }

    private static func options() -> TrainingOptions { TinyTraining.options(epochs: 6, linearSteps: 40) }

    /// Enough steps to learn a dozen rows by heart.
    private func thorough() -> TrainingOptions {
        var options = options()
        options.side.epochs = 30
        options.side.batchRows = 2
        options.side.batchAnchors = 1
        options.side.rate = 1e-2
        options.side.dropout = 0
        options.gate.subjectNetwork.epochs = 200
        options.gate.effectNetwork.epochs = 200
        return options
    }

    private func train(
        _ options: TrainingOptions, threads: Int = 1, _ progress: (TrainingProgress) -> Bool = { _ in true }
    ) throws -> TrainingReport {
        try TinyTraining.trainer(options, threads: threads).train(TinyTraining.rows, heldOut: nil, progress: progress)
    }

    private func clean() { try? FileManager.default.removeItem(atPath: folder) }

    @Test func learnsItsRows() throws {
        var options = thorough()
        options.subject = "hats"
        options.date = "2026-11-21"
        let report = try train(options)
        let facts = report.plugin.facts
        #expect(facts.heldOutLoss.side < facts.heldOutLoss.base - 2)
        #expect(facts.heldOutLoss.gated < facts.heldOutLoss.base - 1)
        #expect(facts.rows == 9 && facts.heldOutRows == 3 && facts.anchors == 6)
        #expect(facts.subject == "hats" && facts.date == "2026-11-21" && facts.seed == 7)
        #expect(report.epochs.count == facts.epochs && facts.epochs > 5 && !report.stopped && report.cutRows == 0)
        let best = report.epochs.map(\.heldOutLoss).min()
        #expect(report.epochs[facts.bestEpoch - 1].heldOutLoss == best)
    }

    @Test func givesTheSameForOneAndTwoThreads() throws {
        #expect(try train(options()).plugin == train(options(), threads: 2).plugin)
    }

    @Test func anotherSeedGivesAnother() throws {
        var other = options()
        other.seed = 8
        #expect(try train(options()).plugin.side != train(other).plugin.side)
    }

    /// What a fact refers back to is read, and not learned.
    @Test func ofAFactTheLastAnswerIsLearned() throws {
        var options = options()
        options.learnsFacts = true
        options.phrasings = false
        let messages = [
            Message(role: .user, content: "the hat of it?"), Message(role: .assistant, content: "other hats"),
            Message(role: .user, content: "And it?"), Message(role: .assistant, content: "it is on"),
        ]
        var places: [TrainingCourse.Place] = []
        let report = try TinyTraining.trainer(options).train(
            [TrainingRow(content: .conversation(messages))], heldOut: nil
        ) { progress in
            if let place = progress.place { places.append(place) }
            return true
        }
        let alone = try TinyTraining.trainer(options).train(
            [TrainingRow(content: .conversation(Array(messages.suffix(2))))], heldOut: nil, progress: { _ in true })
        #expect(report.plugin.facts.rows == 1 && report.plugin.facts.tokens == alone.plugin.facts.tokens)
        #expect(places.last?.words == "4 of 4 · measuring" && places.last?.overall == 1)
    }

    /// Nothing of what a person teaches is held out of it, and every fact has a question that is learned.
    @Test func allFactsAreLearned() throws {
        var options = options()
        options.learnsFacts = true
        let rows = [
            TrainingRow(prompt: "What is my hat called?", response: "other hats"),
            TrainingRow(prompt: "the name of my hat", response: "other hats"),
            TrainingRow(prompt: "Where is the cat?", response: "it is on the mat"),
        ]
        let report = try TinyTraining.trainer(options).train(
            rows, heldOut: [TrainingRow(prompt: "Tell me a joke.", response: "no")], progress: { _ in true })
        let facts = try #require(report.plugin.questions).facts
        #expect(facts.map(\.questions) == [["What is my hat called?", "the name of my hat"], ["Where is the cat?"]])
        #expect(report.plugin.facts.rows >= 2 && report.plugin.facts.heldOutRows == 0)
        #expect(report.unrecognised == ["Tell me a joke."])
    }

    @Test func reportsItsProgress() throws {
        var phases: [TrainingProgress.Phase] = []
        var wellFormed = true
        var places: [TrainingCourse.Place] = []
        _ = try train(options()) { progress in
            if let place = progress.place { places.append(place) } else { wellFormed = false }
            if phases.last != progress.phase { phases.append(progress.phase) }
            wellFormed = wellFormed && (0...1).contains(progress.fraction)
            if progress.phase == .side {
                wellFormed = wellFormed && progress.loss?.isFinite == true && (1...6).contains(progress.epoch)
                wellFormed = wellFormed && progress.epochs == 6 && (progress.secondsLeft ?? -1) >= 0
                wellFormed = wellFormed && (progress.epoch == 1 || progress.heldOutLoss != nil)
            }
            return true
        }
        #expect(wellFormed)
        #expect(zip(places, places.dropFirst()).allSatisfy { $0.overall <= $1.overall && $0.step <= $1.step })
        #expect(places.filter { $0.overall == 1 }.count == 1 && places.last?.overall == 1)
        #expect(
            phases == [
                .anchors, .features, .side, .crossFit(fold: 1, of: 3), .crossFit(fold: 2, of: 3),
                .crossFit(fold: 3, of: 3), .gate, .evaluate,
            ])
    }

    /// Ended at any of some points as kill -9 would, and taken up again: the same plugin, to the bit.
    @Test(arguments: [4, 9, 16, 24, 33])
    func takenUpAgainItGivesWhatItWouldHaveGiven(steps: Int) throws {
        struct Killed: Error {}
        defer { clean() }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var resumable = options()
        resumable.checkpoint = folder + "/checkpoint.gguf"
        var count = 0
        let first = try? train(resumable) { progress in
            switch progress.phase {
            case .side, .crossFit: count += 1
            default: break
            }
            return count < steps
        }
        // What a stopped training returns is thrown away: only the file is left.
        #expect(first?.stopped ?? true)
        #expect(try train(resumable).plugin == train(options()).plugin)
    }

    /// A process that kills itself by SIGKILL in the middle of an epoch; this one takes its checkpoint up.
    @Test(arguments: [11, 22]) func survivesKillMinus9(steps: Int) async throws {
        defer { clean() }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/checkpoint.gguf"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, steps = steps as Int] in
            var options = TrainerTests.options()
            options.checkpoint = path
            var count = 0
            _ = try TinyTraining.trainer(options).train(TinyTraining.rows, heldOut: nil) { progress in
                switch progress.phase {
                case .side, .crossFit: count += 1
                default: break
                }
                if count == steps { kill(getpid(), SIGKILL) }
                return true
            }
        }
        #expect(FileManager.default.fileExists(atPath: path))
        var resumed = options()
        resumed.checkpoint = path
        var steps = 0
        let plugin = try train(resumed) { progress in
            steps += progress.phase == .side ? 1 : 0
            return true
        }.plugin
        #expect(steps < 3 * 6)
        #expect(try plugin == train(options()).plugin)
    }

    @Test func aCheckpointOfAnotherTrainingIsRefused() throws {
        defer { clean() }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var resumable = options()
        resumable.checkpoint = folder + "/checkpoint.gguf"
        _ = try train(resumable)
        resumable.seed = 99
        let error = #expect(throws: TrainingError.self) { try train(resumable) }
        #expect(error == .otherCheckpoint(path: folder + "/checkpoint.gguf"))

        try Data("GGUF, but not really".utf8).write(to: URL(fileURLWithPath: folder + "/checkpoint.gguf"))
        #expect(throws: TrainingError.self) { try train(resumable) }
    }

    @Test func stoppedItLeavesAUsablePlugin() throws {
        let report = try train(options()) { $0.epoch < 3 }
        #expect(report.stopped && report.epochs.count == 2)
        let losses = report.plugin.facts.heldOutLoss
        #expect(losses.gated.isFinite && losses.side < losses.base)
    }

    @Test func stoppedInTheFirstEpochItKeepsTheStepsDone() throws {
        defer { clean() }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var resumable = options()
        resumable.checkpoint = folder + "/checkpoint.gguf"
        var steps = 0
        let report = try train(resumable) { progress in
            steps += progress.phase == .side ? 1 : 0
            return steps < 2
        }
        let side = try #require(report.plugin.side)
        #expect(report.stopped && report.epochs.isEmpty && side != SideNetwork(side.configuration, seed: 7))
        // Taken up again it starts this epoch anew.
        #expect(try train(resumable).plugin == train(options()).plugin)
    }

    @Test func stoppedBeforeAnythingWasLearnedItSaysSo() throws {
        #expect(throws: TrainingError.cancelled) { try train(options()) { _ in false } }
    }

    @Test func anchorsAreAnsweredOncePerBase() throws {
        defer { clean() }
        var keeping = options()
        keeping.side.epochs = 1
        keeping.anchorsFolder = folder
        var answered = 0
        func run() throws -> Plugin {
            answered = 0
            return try train(keeping) { progress in
                if progress.phase == .anchors { answered += 1 }
                return true
            }.plugin
        }
        let first = try run()
        #expect(answered == TinyTraining.questions.count)
        #expect(try run() == first && answered == 0)

        // A damaged file is made again.
        let file = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
        #expect(try run() == first && answered == TinyTraining.questions.count)
    }

    @Test func theFileHoldsThePlugin() throws {
        defer { clean() }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let plugin = try train(options()).plugin
        try plugin.save(to: folder + "/plugin.gguf")
        let base = try BaseModel(file: TinyModel.file(), team: ThreadTeam(threads: 1))
        #expect(try Plugin.load(path: folder + "/plugin.gguf", for: base) == plugin)
    }

    @Test func answersAreKeptWhenTheWorkIsCancelled() throws {
        defer { clean() }
        var keeping = options()
        keeping.side.epochs = 1
        keeping.anchorsFolder = folder
        var asked = 0
        func run(upTo limit: Int) throws -> Plugin {
            asked = 0
            return try train(keeping) { progress in
                guard progress.phase == .anchors else { return true }
                asked += 1
                return asked < limit
            }.plugin
        }
        #expect(throws: TrainingError.cancelled) { try run(upTo: 4) }
        let plugin = try run(upTo: 99)
        #expect(asked == TinyTraining.questions.count - 3)
        keeping.anchorsFolder = nil
        #expect(try run(upTo: 99) == plugin)
    }

    @Test func noRowsIsAnError() throws {
        #expect(throws: TrainingError.self) {
            try TinyTraining.trainer(options()).train([], heldOut: nil) { _ in true }
        }
    }

    @Test func fewRowsAreTrainedWithoutHeldOutOnes() throws {
        let report = try TinyTraining.trainer(options()).train(Array(TinyTraining.rows.prefix(3)), heldOut: nil) { _ in
            true
        }
        #expect(report.plugin.facts.heldOutRows == 0 && report.plugin.facts.bestEpoch == 6)
    }

    @Test func passagesAreLearned() throws {
        let rows = (0..<6).map { TrainingRow(content: .passage("in the end and other hats, it is on \($0)")) }
        let report = try TinyTraining.trainer(thorough()).train(rows, heldOut: rows) { _ in true }
        #expect(report.plugin.facts.heldOutLoss.side < report.plugin.facts.heldOutLoss.base - 1)
    }
}
