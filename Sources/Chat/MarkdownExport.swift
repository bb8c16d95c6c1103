extension Conversation {
    /// What the conversation is called where it leaves the program: its title, or a name for those that have none.
    public var heading: String { title ?? "A chat with spa" }

    /// The conversation as Markdown: questions quoted, answers as they are, each with a line of figures.
    ///
    /// - Parameter facts: a line under the heading, such as the model and the plugin; left out when empty.
    public func markdown(facts: String = "") -> String {
        var lines = ["# \(heading)", ""]
        if !facts.isEmpty { lines += [facts, ""] }
        if let system, !system.isEmpty { lines += ["**System**", ""] + Self.quoted(system) + [""] }
        for turn in turns {
            lines += ["## Question", ""] + Self.quoted(turn.question) + [""]
            guard !turn.reply.text.isEmpty || turn.reply.stop != nil else { continue }
            lines += ["## Answer", ""]
            if !turn.reply.text.isEmpty { lines += [turn.reply.text.string, ""] }
            lines += ["*\(turn.reply.figures)*", ""]
        }
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { $0.isEmpty ? ">" : "> \($0)" }
    }
}

extension Reply {
    /// One line: tokens, usage, first token, speed, and how it ended where that was not the model's own end.
    public var figures: String {
        let metrics = Metrics(self)
        var parts = ["\(metrics.tokens) \(metrics.tokens == 1 ? "token" : "tokens")"]
        if let usage = metrics.usagePercent { parts.append("\(DecimalText.text(usage, digits: 1)) % side") }
        if let first = metrics.firstTokenMilliseconds {
            parts.append("first token \(DecimalText.text(first, digits: 0)) ms")
        }
        if let speed = metrics.tokensPerSecond { parts.append("\(DecimalText.text(speed, digits: 1)) tokens/s") }
        if metrics.simulated { parts.append("network simulated") }
        if let words = missed.words { parts.append(words) }
        switch stop {
        case .cancelled: parts.append("stopped")
        case .length: parts.append("cut at the length limit")
        case .repetition: parts.append("stopped where it repeated itself")
        case .failed: parts.append("ended by an error")
        case .endOfTurn, nil: break
        }
        return parts.joined(separator: " · ")
    }
}

/// Plain decimal numbers, the same in every locale.
public enum DecimalText {
    /// `value` with exactly `digits` digits after the point, halves away from zero; "–" for what is no number.
    public static func text(_ value: Double, digits: Int) -> String {
        let digits = min(max(digits, 0), 9)
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled.isFinite, scaled < 1e15 else { return "–" }
        let whole = Int(scaled)
        let unit = Int(scale)
        let sign = value < 0 && whole > 0 ? "−" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(whole % unit)
        return "\(sign)\(whole / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
