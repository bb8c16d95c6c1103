import Chat
import Screen

extension State {
    /// Applies a key.
    mutating func press(_ key: Key) -> [Effect] {
        // What nobody knows, such as the release of a mouse's button, is nothing that a person did.
        if key == .unknown { return [] }
        let askedBefore = quitAsked
        quitAsked = false
        if askedBefore || noticeIsOld(key) { notice = nil }
        if case .mouse(let mouse) = key { return point(mouse) }
        let (effects, isTaken) = pressInOverlay(key)
        return isTaken ? effects : effects + pressInConversation(key, quitNow: askedBefore)
    }

    private mutating func pressInConversation(_ key: Key, quitNow: Bool) -> [Effect] {
        if let action = keyMap.action(of: key, steering: isReplay && editor.isEmpty) {
            return perform(action, quitNow: quitNow)
        }
        switch key {
        case .character("?") where editor.isEmpty: overlay = HelpOverlay()
        case .character(let character): write(String(character))
        case .paste(let text): write(text)
        // Whatever stops a reply.
        case .escape where edited != nil: return leaveEdit()
        default: break
        }
        return []
    }

    /// Information goes with the next key; warnings and errors stay for a moment, so that a fast writer sees them.
    private func noticeIsOld(_ key: Key) -> Bool {
        guard let notice else { return false }
        return notice.kind == .information || key == .escape || now - notice.time >= 2000
    }

    private mutating func write(_ text: String) {
        editor.insert(text)
    }

    /// Applies what a row of the action table does.
    mutating func perform(_ action: ActionID, quitNow: Bool = false) -> [Effect] {
        if let obstacle = obstacle(to: action) {
            say(.warning, obstacle)
            return []
        }
        switch action {
        case .send: return submit()
        case .newLine: write("\n")
        case .stop: return leaveOrStop()
        case .interrupt: return interrupt(quitNow: quitNow)
        case .endOfInput:
            if editor.isEmpty { return leave() }
            editor.deleteForward()
        case .help: overlay = HelpOverlay()
        case .network: return setNetwork(network.isOff || network.isOffline ? lastNetwork : "off")
        case .preset: return nextPreset()
        case .mode: return setMode(nextMode)
        case .priceDown: return movePrice(by: -Self.priceStep)
        case .priceUp: return movePrice(by: Self.priceStep)
        case .theme: return useTheme((themeIndex + 1) % themes.count)
        case .newConversation: return newConversation()
        case .panels:
            panels.toggle()
            if size.columns < 100 {
                let word = panels ? "on" : "off"
                say(.information, "Panels \(word): they need 100 columns, and there are \(size.columns).")
            }
        case .reading: isReading.toggle()
        case .pageUp: scrollTranscript(pages: -1)
        case .pageDown: scrollTranscript(pages: 1)
        case .lineEndOrNewest:
            if editor.isAtLineEnd { transcript.follow() } else { editor.moveToLineEnd() }
        case .markTurn: markTurn()
        case .plugins: return [.listPlugins]
        case .inspect: return openInspector()
        case .heat: return setColouring(decoration.colouring.next)
        case .explore: overlay = ExplorerOverlay()
        case .networkPanel: overlay = NetworkOverlay()
        case .compare: return openComparison()
        case .retime: overlay = RetimeOverlay()
        case .minimap: overlay = MinimapOverlay(self)
        case .ledger: overlay = LedgerOverlay()
        case .palette: overlay = PaletteOverlay()
        case .searchHistory: overlay = HistoryOverlay(query: editor.text)
        case .editOutside: return [.editOutside(editor.text)]
        case .conversations: return openPicker()
        case .askAgain: return askAgain()
        case .editQuestion: return editQuestion()
        case .versionBefore: return showVersion(step: -1)
        case .versionNext: return showVersion(step: 1)
        case .nextSide: return findToken(.side)
        case .nextNear: return findToken(.near)
        case .copyAnswer: return copy(.answer)
        case .copyCode: return copy(.code)
        case .replayPause, .replayBack, .replayNext, .replaySlower, .replayFaster: return steer(action)
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .complete: complete()
        case .up, .down: moveVertically(action)
        case .left, .right, .wordLeft, .wordRight, .lineStart, .deleteWord, .deleteToStart, .deleteBackward,
            .deleteForward:
            edit(action)
        }
        return []
    }

    private mutating func edit(_ action: ActionID) {
        switch action {
        case .left: editor.moveLeft()
        case .right: editor.moveRight()
        case .wordLeft: editor.moveWordLeft()
        case .wordRight: editor.moveWordRight()
        case .lineStart: editor.moveToLineStart()
        case .deleteWord: editor.deleteWordBackward()
        case .deleteToStart: editor.deleteToLineStart()
        case .deleteBackward: editor.deleteBackward()
        case .deleteForward: editor.deleteForward()
        default: break
        }
    }

    private mutating func moveVertically(_ action: ActionID) {
        let columns = layout(size, self).inputText.columns
        if action == .up {
            if editor.moveUp(columns: columns) { return }
            if editor.isEmpty, queued != nil {
                restoreQueued()
            } else if let entry = history.older(draft: editor.text) {
                editor = Editor(entry)
            }
        } else {
            if editor.moveDown(columns: columns) { return }
            if let entry = history.newer(draft: editor.text) { editor = Editor(entry) }
        }
    }

    /// Ctrl-C: stops, then clears the line, then asks, then quits.
    private mutating func interrupt(quitNow: Bool) -> [Effect] {
        if isReplying, phase != .stopping { return stop() }
        if edited != nil {
            say(.information, "The question stays as it was.")
            return leaveEdit()
        }
        if !editor.isEmpty {
            history.add(editor.clear())
            say(.information, "Line cleared; ↑ brings it back.")
            return []
        }
        if quitNow { return leave() }
        quitAsked = true
        say(.warning, "Ctrl-C again quits; any other key stays.")
        return []
    }

    private func leave() -> [Effect] {
        guard isReplying, let turn = conversation.turns.last else { return [.quit] }
        return [.stop] + keep(.ended(turn.id, .cancelled, failure: nil)) + [.quit]
    }

    /// Completes a command's name, or the word behind it, where only one fits, or as far as all that fit agree.
    private mutating func complete() {
        let forms = CommandForm.matching(editor.text)
        guard let form = forms.first else { return }
        if let space = editor.text.firstIndex(of: " ") {
            let written = editor.text[space...].dropFirst()
            guard let common = Self.common(form.choices.filter { $0.hasPrefix(written) }) else { return }
            editor = Editor("/\(form.name) \(common)")
        } else if let common = Self.common(forms.map(\.name)) {
            editor = Editor("/" + common + (forms.count == 1 && !form.argument.isEmpty ? " " : ""))
        }
    }

    /// What all words begin with; nil where there are none.
    private static func common(_ words: [String]) -> String? {
        guard var common = words.first else { return nil }
        for word in words { while !word.hasPrefix(common) { common.removeLast() } }
        return common
    }

    // MARK: Choices

    mutating func setNetwork(_ name: String) -> [Effect] {
        network = Self.network(named: name)
        if name == "off" {
            say(.information, "Network off.")
        } else if network.isOffline {
            say(.warning, "No link (simulated): the base answers alone until the link is back.")
        } else {
            lastNetwork = name
            say(.information, "Network \(network.name) (simulated): \(network.detail).")
        }
        return [.setNetwork(name)]
    }

    /// The next preset; from off, the last one comes back first.
    private mutating func nextPreset() -> [Effect] {
        if network.isOff || network.isOffline { return setNetwork(lastNetwork) }
        let names = NetworkStatus.presets.map(\.name)
        let index = names.firstIndex(of: network.name).map { ($0 + 1) % names.count } ?? 0
        return setNetwork(names[index])
    }

    mutating func setMode(_ mode: PluginMode) -> [Effect] {
        if let obstacle = obstacle(to: .mode) {
            say(.warning, obstacle)
            return []
        }
        self.mode = mode
        switch mode {
        case .gated where lacksGate, .side where lacksGate:
            say(.information, "Plugin on: without a gate it writes every token.")
        case .gated: say(.information, "Plugin gated: the gate chooses for every token.")
        case .base: say(.information, "Plugin off: the base writes every token.")
        case .side: say(.information, "Plugin always: the side writes every token.")
        }
        return [.setMode(mode), .remember(.mode(mode))]
    }

    private mutating func movePrice(by step: Double) -> [Effect] {
        price.map { setPrice((($0 + step) * 100).rounded() / 100) } ?? []
    }

    mutating func setPrice(_ wanted: Double) -> [Effect] {
        if !mayHavePlugin || lacksGate, let obstacle = obstacle(to: .priceUp) {
            say(.warning, obstacle)
            return []
        }
        let price = Self.clampedPrice(wanted)
        self.price = price
        say(.information, "Price \(DecimalText.text(price, digits: 2)) nats, from the next token on.")
        return [.setPrice(price)]
    }

    mutating func setThreshold(_ threshold: Double) -> [Effect] {
        if let thresholdObstacle {
            say(.warning, thresholdObstacle)
            return []
        }
        self.threshold = threshold
        say(.information, "Threshold \(DecimalText.text(threshold, digits: 2)), from the next token on.")
        return [.setThreshold(threshold)]
    }

    mutating func useTheme(_ index: Int) -> [Effect] {
        themeIndex = index
        say(.information, "Theme \(theme.name).")
        return [.setTheme(theme.name), .remember(.theme(theme.name))]
    }

    mutating func newConversation() -> [Effect] {
        if let obstacle = obstacle(to: .newConversation) {
            say(.warning, obstacle)
            return []
        }
        _ = leaveEdit()
        conversation = freshConversation(system: conversation.system)
        rememberAll()
        warnedOfContext = false
        forgetRows()
        say(.information, "New conversation.")
        return []
    }

    /// Runs a command.
    mutating func run(_ command: Command) -> [Effect] {
        switch command {
        case .help: overlay = HelpOverlay()
        case .network(let name): return setNetwork(name)
        case .plugin(let mode): return setMode(mode)
        case .price(let price): return setPrice(price)
        case .threshold(let threshold): return setThreshold(threshold)
        case .theme(let name):
            if let index = themes.firstIndex(where: { $0.name == name }) { return useTheme(index) }
            say(.error, "No theme “\(name)”: \(themeNames).")
        case .new: return newConversation()
        case .save(let path):
            if conversation.turns.isEmpty {
                say(.warning, "Nothing to save yet.")
            } else {
                let text = conversation.exported(as: ExportFormat(path: path), theme: theme)
                return [.save(path: path, text: text)]
            }
        case .teach(let command): return teach(command)
        case .plugins: return perform(.plugins)
        case .system(let argument): return useSystem(argument)
        case .copy(let source): return copy(source)
        case .instrument(let command): return run(command)
        case .conversations: return perform(.conversations)
        case .search(let words):
            return obstacle(to: .conversations) == nil ? openPicker(words) : perform(.conversations)
        case .rename(let title): return rename(title)
        case .record(let path): return isReplay ? [] : [.record(path: path)]
        case .again: return perform(.askAgain)
        case .find(let search): return findToken(search)
        case .quit: return leave()
        }
        return []
    }
}

extension PluginMode {
    /// The mode that the key turns to.
    var next: PluginMode {
        switch self {
        case .gated: .base
        case .base: .side
        case .side: .gated
        }
    }
}
