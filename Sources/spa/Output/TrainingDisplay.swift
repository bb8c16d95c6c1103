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
    /// When the stage began, and how much of it was done then.
    private var start = (time: ContinuousClock.now, fraction: 0.0)

    /// Shows where the training stands, at most ten times a second.
    mutating func show(_ progress: TrainingProgress) {
        let stage = Self.stage(progress)
        let now = ContinuousClock.now
        let isNew = stage != lastStage
        if isNew { start = (now, progress.fraction) }
        if Standard.errorIsTerminal {
            guard isNew || now - lastShown > .milliseconds(100) else { return }
            line.show(text(progress))
        } else {
            guard isNew || now - lastShown > .seconds(30) else { return }
            var words = [stage]
            if !isNew { words.append("\(Figures.text(100 * progress.fraction, 0)) %") }
            if let loss = progress.heldOutLoss { words.append("held-out loss \(Figures.text(Double(loss), 3))") }
            if let rate = progress.tokensPerSecond { words.append("\(Figures.text(rate, 0)) tokens/s") }
            Standard.error("spa: " + (words + left(progress)).joined(separator: ", "))
        }
        lastStage = stage
        lastShown = now
    }

    /// Removes the line.
    mutating func end() { line.clear() }

    /// The bar is that of the whole training, the words are those of its step.
    private func text(_ progress: TrainingProgress) -> String {
        let width = 20
        let overall = progress.place?.overall ?? 0
        let full = Int((overall * Double(width)).rounded())
        let bar = "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "]"
        var words = ["\(bar) \(Figures.text(100 * overall, 0)) % · \(Self.stage(progress))"]
        if let loss = progress.loss { words.append("loss \(Figures.text(Double(loss), 3))") }
        if let loss = progress.heldOutLoss { words.append("held out \(Figures.text(Double(loss), 3))") }
        if let usage = progress.usagePercent { words.append("usage \(Figures.text(Double(usage), 0)) %") }
        if let rate = progress.tokensPerSecond { words.append("\(Figures.text(rate, 0)) tokens/s") }
        return (words + left(progress)).joined(separator: " · ")
    }

    /// What is left of the training, or of a preparation, whose pace so far is all that is known.
    private func left(_ progress: TrainingProgress) -> [String] {
        if let left = progress.secondsLeft { return ["\(Figures.time(seconds: left)) left"] }
        let done = progress.fraction - start.fraction
        guard done > 0.02, progress.fraction < 1 else { return [] }
        let seconds = (ContinuousClock.now - start.time) / .seconds(1)
        return ["\(Figures.time(seconds: seconds / done * (1 - progress.fraction))) of this left"]
    }

    /// The step, and what is being done in it.
    private static func stage(_ progress: TrainingProgress) -> String {
        let words = progress.phase.words
        let what =
            switch progress.phase {
            case .side: "epoch \(progress.epoch) of \(progress.epochs)"
            case .crossFit: "\(words), epoch \(progress.epoch) of \(progress.epochs)"
            case .anchors, .features, .gate, .questions, .evaluate: words
            }
        guard let place = progress.place else { return what }
        return place.words + (what == place.name ? "" : ", \(what)")
    }
}
