import Training

/// Shows where a training stands.
protocol TrainingDisplay {
    /// Shows it, not more often than can be read.
    mutating func show(_ progress: TrainingProgress)
    /// Removes what is only for the time being.
    mutating func end()
}

/// One moving line on a terminal, a line for each epoch elsewhere.
struct TrainingProgressLine: TrainingDisplay {
    private var line = ProgressLine()
    private var lastShown = ContinuousClock.now - .seconds(1)
    private var lastStage = ""

    /// Shows where the training stands, at most ten times a second.
    mutating func show(_ progress: TrainingProgress) {
        let stage = Self.stage(progress)
        let now = ContinuousClock.now
        if Standard.errorIsTerminal {
            guard stage != lastStage || now - lastShown > .milliseconds(100) else { return }
            line.show(Self.text(progress, stage))
        } else if stage != lastStage {
            var words = [stage]
            if let loss = progress.heldOutLoss { words.append("held-out loss \(Figures.text(Double(loss), 3))") }
            if let rate = progress.tokensPerSecond { words.append("\(Figures.text(rate, 0)) tokens/s") }
            if let left = progress.secondsLeft { words.append("\(Figures.time(seconds: left)) left") }
            Standard.error("spa: " + words.joined(separator: ", "))
        }
        lastStage = stage
        lastShown = now
    }

    /// Removes the line.
    mutating func end() { line.clear() }

    private static func text(_ progress: TrainingProgress, _ stage: String) -> String {
        let width = 20
        let full = Int((min(max(progress.fraction, 0), 1) * Double(width)).rounded())
        var words = [
            "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "] \(stage)"
        ]
        if let loss = progress.loss { words.append("loss \(Figures.text(Double(loss), 3))") }
        if let loss = progress.heldOutLoss { words.append("held out \(Figures.text(Double(loss), 3))") }
        if let usage = progress.usagePercent { words.append("usage \(Figures.text(Double(usage), 0)) %") }
        if let rate = progress.tokensPerSecond { words.append("\(Figures.text(rate, 0)) tokens/s") }
        if let left = progress.secondsLeft { words.append("\(Figures.time(seconds: left)) left") }
        return words.joined(separator: " · ")
    }

    private static func stage(_ progress: TrainingProgress) -> String {
        switch progress.phase {
        case .anchors: "the base answers everyday questions"
        case .features: "the base reads the rows"
        case .side: "epoch \(progress.epoch) of \(progress.epochs)"
        case .crossFit(let fold, let folds):
            "without fold \(fold) of \(folds), epoch \(progress.epoch) of \(progress.epochs)"
        case .gate: "the gate learns"
        case .evaluate: "measuring"
        }
    }
}
