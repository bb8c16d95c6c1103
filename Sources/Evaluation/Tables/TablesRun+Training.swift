import SPAEngine
import Training

/// Which plugins the tables need, and how they are trained.
extension TablesRun {
    /// The methods that a data set is learned by.
    func methods(_ dataSet: PaperDataSet) -> [Method] {
        let parts = options.parts
        var methods: Set<Method> = []
        if !parts.isDisjoint(with: [.table1, .table2, .table3, .figures, .gate, .general]) { methods.insert(.spa) }
        if !parts.isDisjoint(with: [.table3, .figures, .general]) { methods.insert(.lst) }
        if !parts.isDisjoint(with: [.table3, .general]) { methods.formUnion([.integration, .separation]) }
        // Table 2 alone has them, on XSum and CoQA alone.
        if parts.contains(.table2), dataSet == .xsum || dataSet == .coqa {
            methods.formUnion([.lst, .lora, .adapter])
        }
        return Method.allCases.filter(methods.contains)
    }

    var seeds: [UInt64] { (1...UInt64(max(1, options.seeds))).map { $0 } }

    /// What a plugin is trained on and how.
    func order(
        _ method: Method, _ data: DividedData, seed: UInt64, share: DataShare = .full
    ) -> PluginMaking.Order {
        let scale = options.scale
        var training = TrainingOptions()
        training.method = method
        training.seed = seed
        training.longestRow = engine.answers.answering.contextLength
        training.subject = "\(data.dataSet.title), \(share.rawValue)"
        training.side.epochs = scale.epochs
        training.side.batchRows = scale.batchRows
        training.blocks.epochs = scale.epochsInBase
        var rows = Array(data.train.prefix(share.rows(of: data.train.count)))
        if !method.usesSideNetwork {
            rows = Array(rows.prefix(scale.rows[data.dataSet]?.trainInBase ?? 0))
        }
        return PluginMaking.Order(options: training, rows: rows, validation: data.validation)
    }

    func trainingSteps(_ data: DividedData) -> [Step] {
        var orders: [(title: String, order: PluginMaking.Order)] = []
        for seed in seeds {
            for method in methods(data.dataSet) {
                let title = "\(data.dataSet.title): \(method.rawValue)" + (seeds.count > 1 ? ", seed \(seed)" : "")
                orders.append((title, order(method, data, seed: seed)))
            }
        }
        if options.parts.contains(.table1) {
            for share in [DataShare.small, .medium] {
                orders.append(
                    ("\(data.dataSet.title): spa, \(share.rawValue)", order(.spa, data, seed: seeds[0], share: share)))
            }
        }
        let plugins = engine.plugins
        return orders.map { title, order in
            Step(
                title: title, seconds: Self.seconds(order, data.dataSet), isKept: { plugins.kept(order) != nil },
                work: { report in
                    _ = try plugins.make(order) { progress in
                        report(Self.fraction(progress, order.method), Self.words(progress))
                    }
                })
        }
    }

    /// About what a training takes on two quiet cores: features, then the epochs, cross-fitting included.
    private static func seconds(_ order: PluginMaking.Order, _ dataSet: PaperDataSet) -> Double {
        let (prompt, answer) = (Double(dataSet.typicalTokens.prompt), Double(dataSet.typicalTokens.answer))
        let rows = Double(order.rows.count + order.validation.count)
        let epochs = Double(order.options.recipe.epochs(rows: order.rows.count))
        guard order.method.usesSideNetwork else { return rows * epochs * (prompt + answer) / 400 }
        let folds = order.method.hasGate ? Double(order.options.folds) : 1
        let anchors = 120 * rows / Double(order.options.side.batchRows)
        return rows * (prompt + answer) / 2500 + folds * epochs * (rows * answer + anchors) / 6000
    }

    /// How far a training is, by phase.
    private static func fraction(_ progress: TrainingProgress, _ method: Method) -> Double {
        switch progress.phase {
        case .anchors: 0
        case .features: 0.3 * progress.fraction
        case .side: 0.3 + (method.hasGate ? 0.25 : 0.65) * progress.fraction
        case .crossFit(let fold, let count):
            0.55 + 0.4 * (Double(fold - 1) + progress.fraction) / Double(max(1, count))
        case .gate: 0.95
        case .questions: 0.96
        case .evaluate: 0.98
        }
    }

    private static func words(_ progress: TrainingProgress) -> String {
        switch progress.phase {
        case .anchors: "everyday questions"
        case .features: "reading"
        case .side: "epoch \(progress.epoch) of \(progress.epochs)"
        case .crossFit(let fold, let count): "fold \(fold) of \(count)"
        case .gate: "gate"
        case .questions: "questions"
        case .evaluate: "measuring"
        }
    }
}

extension PaperDataSet {
    /// Tokens of a row, for the time left.
    var typicalTokens: (prompt: Int, answer: Int) {
        switch self {
        case .xsum: (300, 28)
        case .cnnDailyMail: (340, 52)
        case .coqa: (370, 6)
        case .sciq: (50, 4)
        }
    }
}
