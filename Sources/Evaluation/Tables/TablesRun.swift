import SPAEngine
import Tokenizer
import Training

/// Makes the paper's tables from data: trains what is missing, lets it answer, scores, and puts the results together.
/// Everything is kept by what it depends on, so that a run that was stopped goes on where it was.
public struct TablesRun: Sendable {
    /// A part that can be asked for by itself.
    public enum Part: String, Sendable, CaseIterable {
        case table1, table2, table3, figures, gate, general
    }

    /// What is run.
    public struct Options: Sendable {
        /// How much.
        public var scale = TableScale.reduced
        /// Trainings of each method, with seeds 1, 2, …
        public var seeds = 1
        /// Which parts.
        public var parts = Set(Part.allCases)
        /// Which data sets, of those that are there.
        public var dataSets = Set(PaperDataSet.allCases)
        /// Questions of general chat that no training sees; without any there is no table of it.
        public var generalQuestions: [String] = []
        /// Where results are kept.
        public var cacheFolder = ""
        /// Where the base's answers to the anchor questions are kept.
        public var anchorsFolder: String?

        /// The defaults.
        public init() {}
    }

    /// Where a run stands.
    public struct Progress: Sendable {
        /// What is being done.
        public var work: String
        /// Of the whole run, 0 to 1.
        public var fraction: Double
        /// Seconds to come; nil before that can be said.
        public var secondsLeft: Double?
    }

    let engine: TablesEngine
    let options: Options
    let data: [DividedData]

    /// Reads the data.
    /// - Parameter folder: has one folder a data set, each with `train.jsonl` and `test.jsonl`.
    public init(
        base: BaseModel, tokenizer: Tokenizer, template: ChatTemplate, data folder: String, options: Options,
        anchorQuestions: [String] = AnchorQuestions.all
    ) throws {
        self.options = options
        let questions = Array(anchorQuestions.prefix(options.scale.anchorQuestions))
        engine = TablesEngine(
            base: base, tokenizer: tokenizer, template: template, cache: ResultCache(folder: options.cacheFolder),
            anchorsFolder: options.anchorsFolder, anchorQuestions: questions)
        var data: [DividedData] = []
        for dataSet in PaperDataSet.allCases where options.dataSets.contains(dataSet) {
            guard let rows = options.scale.rows[dataSet], let found = try DividedData.read(dataSet, in: folder)
            else { continue }
            data.append(found.prefix(rows))
        }
        guard !data.isEmpty else { throw EvaluationError.noDataSets(folder: folder) }
        self.data = data
    }

    /// Runs.
    /// - Parameter progress: called often; false ends the run by `EvaluationError.stopped`, what was done being kept.
    public func run(progress: @escaping @Sendable (Progress) -> Bool) async throws -> TablesResult {
        let clock = ContinuousClock()
        let start = clock.now
        let steps = steps()
        let pace = Pace(steps.map { $0.isKept() ? 0 : $0.seconds })
        for (index, step) in steps.enumerated() {
            let now = pace.at(index)
            do {
                try await step.work { fraction, detail in
                    let work = detail.isEmpty ? step.title : "\(step.title), \(detail)"
                    return progress(now.progress(work, fraction: fraction))
                }
            } catch TrainingError.cancelled {
                throw EvaluationError.stopped
            }
        }
        return try await result(seconds: (clock.now - start) / .seconds(1))
    }

    /// One piece of work.
    struct Step: Sendable {
        let title: String
        /// About what it takes on two quiet cores.
        let seconds: Double
        let isKept: @Sendable () -> Bool
        let work: @Sendable (@escaping @Sendable (Double, String) -> Bool) async throws -> Void
    }

    private func steps() -> [Step] {
        data.flatMap { data in
            trainingSteps(data) + scoringSteps(data) + latencySteps(data) + gateSteps(data)
                + generalSteps(data)
        }
    }

    /// Reckons the time left from how much longer the steps done took than they were thought to.
    private struct Pace: Sendable {
        let seconds: [Double]
        let start = ContinuousClock.now
        var index = 0

        init(_ seconds: [Double]) { self.seconds = seconds }

        func at(_ index: Int) -> Pace {
            var pace = self
            pace.index = index
            return pace
        }

        func progress(_ work: String, fraction: Double) -> Progress {
            let total = max(seconds.reduce(0, +), 1e-9)
            let done = seconds[..<index].reduce(0, +) + seconds[index] * fraction
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            return Progress(
                work: work, fraction: done / total, secondsLeft: done > 5 ? elapsed * (total - done) / done : nil)
        }
    }
}

/// What every step needs.
struct TablesEngine: Sendable {
    let base: BaseModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let cache: ResultCache
    let anchorsFolder: String?
    let anchorQuestions: [String]
    /// The base reads each data set's rows once for all methods.
    let memo = FeatureMemo()

    var plugins: PluginMaking {
        PluginMaking(
            base: base, tokenizer: tokenizer, template: template, cache: cache, anchorsFolder: anchorsFolder,
            questions: anchorQuestions, memo: memo)
    }

    var answers: AnswerScoring {
        AnswerScoring(
            answering: Answering(base: base, tokenizer: tokenizer, template: template), cache: cache)
    }
}

extension DividedData {
    /// No more rows than the scale uses.
    func prefix(_ rows: TableScale.Rows) -> DividedData {
        DividedData(
            dataSet: dataSet, train: Array(train.prefix(rows.train)),
            validation: Array(validation.prefix(rows.validation)), pricing: Array(validation.prefix(rows.pricing)),
            test: Array(test.prefix(rows.test)))
    }
}
