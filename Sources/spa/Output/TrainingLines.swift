import Training

/// A training as JSON for other programs: `progress` at most ten times a second, `trained` at the end.
struct TrainingLines: TrainingDisplay {
    private var lastShown = ContinuousClock.now - .seconds(1)
    private var lastPhase: TrainingProgress.Phase?

    mutating func show(_ progress: TrainingProgress) {
        let now = ContinuousClock.now
        let isLast = progress.place?.overall == 1
        guard isLast || progress.phase != lastPhase || now - lastShown > .milliseconds(100) else { return }
        lastPhase = progress.phase
        lastShown = now
        var fields: [(String, JSON)] = [
            ("event", .string("progress")), ("phase", .string(Self.name(progress.phase))),
            ("fraction", .rounded(progress.fraction)),
        ]
        if let place = progress.place {
            fields += [
                ("step", .integer(place.step)), ("steps", .integer(place.steps)), ("step_name", .string(place.name)),
                ("overall", .rounded(place.overall)),
            ]
        }
        if progress.epochs > 0 {
            fields += [("epoch", .integer(progress.epoch)), ("epochs", .integer(progress.epochs))]
        }
        if let loss = progress.loss { fields.append(("loss", .float(loss))) }
        if let loss = progress.heldOutLoss { fields.append(("held_out_loss", .float(loss))) }
        if let usage = progress.usagePercent { fields.append(("usage_percent", .float(usage))) }
        if let left = progress.secondsLeft { fields.append(("seconds_left", .rounded(left, 1))) }
        Standard.line(JSON.object(fields).text)
    }

    mutating func end() {}

    /// The last line.
    static func tell(_ report: TrainingReport, out: String) {
        let facts = report.plugin.facts
        Standard.line(
            JSON.object([
                ("event", .string("trained")), ("plugin", .string(out)), ("rows", .integer(facts.rows)),
                ("held_out_rows", .integer(facts.heldOutRows)),
                ("loss_base", .float(facts.heldOutLoss.base)), ("loss_side", .float(facts.heldOutLoss.side)),
                ("loss_gated", .float(facts.heldOutLoss.gated)),
                ("usage_own_percent", .float(facts.usagePercent.own)),
                ("usage_general_percent", .float(facts.usagePercent.general)), ("stopped", .bool(report.stopped)),
                ("unanswered", .array(report.unanswered.map(JSON.string))),
            ]).text)
    }

    private static func name(_ phase: TrainingProgress.Phase) -> String {
        switch phase {
        case .anchors: "everyday questions"
        case .features: "reading"
        case .side: "learning"
        case .crossFit: "checking"
        case .gate: "gate"
        case .questions: "questions"
        case .evaluate: "measuring"
        }
    }
}
