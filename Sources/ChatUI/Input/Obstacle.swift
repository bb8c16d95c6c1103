import Screen

extension State {
    /// Why a command is refused before it is taken; nil where it is not. Others say for themselves what keeps them.
    func refusal(of command: Command) -> String? {
        if !hasWindow, command.needsWindow { return "That needs the window: start spa without --plain." }
        if isReplay, command.needsEngine { return Self.replayObstacle }
        if case .teach(let teaching) = command { return refusal(of: teaching) }
        return nil
    }

    /// Why an action can do nothing now, in a sentence; nil where it can. Keys, key bar and palette ask here alone.
    func obstacle(to action: ActionID) -> String? {
        let computes: Set<ActionID> = [
            .network, .preset, .mode, .priceDown, .priceUp, .askAgain, .editQuestion, .newConversation,
            .compare, .networkPanel, .plugins,
        ]
        if isReplay, computes.contains(action) { return Self.replayObstacle }
        let steers: Set<ActionID> = [.replayPause, .replayBack, .replayNext, .replaySlower, .replayFaster]
        if !isReplay, steers.contains(action) { return "That is for a replay: spa replay FILE." }
        return switch action {
        case .mode: mayHavePlugin ? nil : "No plugin is loaded: \(keyText(.plugins)) chooses one."
        case .priceDown, .priceUp:
            if !mayHavePlugin {
                "No plugin is loaded: there is no gate to pay."
            } else if let priceObstacle {
                priceObstacle
            } else {
                price == nil ? "The price is known once the plugin has loaded." : nil
            }
        case .newConversation: isReplying ? stopFirst(then: "begin anew") : nil
        case .plugins:
            if engineInfo == nil {
                "The model has to be there first."
            } else {
                isReplying ? stopFirst(then: "change the plugin") : nil
            }
        case .conversations:
            keeping.settings.isOn
                ? nil : isReplay ? Self.replayObstacle : "This chat is private: nothing is kept of it."
        case .askAgain: obstacleToAskingAgain
        case .editQuestion:
            isReplying ? stopFirst() : conversation.turns.isEmpty ? "There is no question yet." : nil
        case .versionBefore, .versionNext: obstacleToOtherVersions
        case .copyAnswer: text(of: .answer) == nil ? "There is no answer to copy yet." : nil
        case .copyCode: text(of: .code) == nil ? "The last answer has no code block." : nil
        case .searchHistory: history.entries.isEmpty ? "Nothing was written before." : nil
        case .inspect:
            conversation.turns.allSatisfy { $0.reply.tokens.isEmpty } ? "There is no answer to inspect yet." : nil
        case .retime, .minimap:
            conversation.turns.allSatisfy { $0.reply.tokens.isEmpty } ? "There is no answer yet." : nil
        case .compare:
            if conversation.turns.isEmpty {
                "There is no question yet."
            } else if engineInfo == nil {
                "The model has not loaded yet."
            } else if !mayHavePlugin {
                "No plugin is loaded: there is nothing to compare."
            } else {
                isReplying ? "The engine writes the answer; compare when it has ended." : nil
            }
        case .explore:
            conversation.turns.contains { $0.reply.tokens.contains { $0.sigma != nil } }
                ? nil : thresholdObstacle ?? "No token has a gate’s probability yet."
        default: nil
        }
    }
}

extension CommandForm {
    /// Whether it is there without a window.
    var needsWindow: Bool {
        // A command is known by its name and something that it takes.
        ["", " off", " 0", " x"].lazy.compactMap { try? Command.parse("/\(name)\($0)") }.first?.needsWindow ?? false
    }
}

extension Command {
    /// Whether it opens something over the conversation, or asks of the terminal what a pipe has not.
    fileprivate var needsWindow: Bool {
        switch self {
        case .teach, .plugins, .copy, .conversations, .search, .find, .record: true
        case .instrument(let command):
            switch command {
            case .deadline: false
            case .inspect, .heat, .explore, .networkPanel, .compare, .retime, .map, .ledger: true
            }
        case .help, .network, .plugin, .price, .threshold, .theme, .new, .save, .system, .rename, .again, .quit: false
        }
    }

    /// Whether it changes what is computed, or has something computed.
    fileprivate var needsEngine: Bool {
        switch self {
        case .teach, .network, .plugin, .price, .threshold, .system, .plugins, .new, .again, .rename, .record: true
        case .instrument(let command):
            switch command {
            case .networkPanel, .compare, .deadline: true
            case .inspect, .heat, .explore, .retime, .map, .ledger: false
            }
        case .help, .theme, .save, .copy, .conversations, .search, .find, .quit: false
        }
    }
}
