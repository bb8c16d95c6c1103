import Chat
import Screen

/// Applies one event. Pure: the same state and event give the same state and effects.
public func update(_ state: inout State, _ event: Event) -> [Effect] {
    if case .tick(let milliseconds) = event {
        state.now = max(state.now, milliseconds)
        return []
    }
    state.needsRender = true
    switch event {
    case .tick: return []
    case .key(let key): return state.press(key) + state.keepDraft()
    case .resize(let size):
        state.size = size
        return []
    case .loading, .engineReady, .engineFailed: return state.engineChanged(event) + state.keepDraft()
    case .replyStarted, .promptRead, .firstToken, .token, .retracted:
        return state.kept(event) + state.replyChanged(event)
    case .replyEnded, .failed: return state.kept(event) + state.replyChanged(event) + state.keepDraft()
    case .replayed(let line): return state.replay(line)
    case .replayJumped(let lines): state.replayAnew(lines)
    case .store(let event): return state.storeSaid(event)
    case .notice(let text): state.say(.information, text)
    case .warning(let text): state.say(.warning, text)
    case .teaching(let event): state.teachingChanged(event)
    case .plugins(let entries): state.overlay = PluginsOverlay(entries: entries)
    case .pluginChanged(let info): state.pluginChanged(info)
    case .edited(let text):
        state.editor = Editor(text)
        return state.keepDraft()
    case .submitted(let text):
        state.editor = Editor(text)
        return state.submit()
    case .stop: return state.stop()
    case .networkChanged(let network): state.network = network
    case .modeChanged(let mode): state.mode = mode
    case .priceChanged(let price): state.price = price
    case .thresholdChanged(let threshold): state.threshold = threshold
    case .instrument(let event): return state.instrumentChanged(event)
    }
    return []
}

extension State {
    fileprivate mutating func engineChanged(_ event: Event) -> [Effect] {
        switch event {
        case .loading(let what): engine = .loading(what)
        case .engineReady(let info):
            engine = .ready(info)
            price = price ?? info.price
            instrument.forget()
            if info.pluginName == nil { mode = .base }
            return sendQueued()
        case .engineFailed(let reason):
            engine = .failed(reason)
            say(.error, reason)
            restoreQueued()
        default: break
        }
        return []
    }

    fileprivate mutating func pluginChanged(_ info: EngineInfo) {
        engine = .ready(info)
        price = info.price
        instrument.forget()
        if info.pluginName == nil {
            mode = .base
            say(.information, "No plugin: the base writes every word.")
        } else {
            // Whoever chooses a plugin wants to hear it.
            if mode == .base { mode = .gated }
            let taught = info.taughtName == nil ? "" : " and what you taught"
            say(.information, "Plugin \(info.pluginName ?? "")\(taught), from the next message on.")
        }
    }

    fileprivate mutating func replyChanged(_ event: Event) -> [Effect] {
        guard isReplying, let last = conversation.turns.indices.last else {
            if case .failed(let reason) = event { say(.error, reason) }
            return []
        }
        switch event {
        case .replyStarted(let promptTokens):
            conversation.turns[last].reply.promptTokens = promptTokens
        case .promptRead(let exchanges):
            conversation.turns[last].reply.promptExchanges = exchanges
        case .firstToken(let milliseconds):
            conversation.turns[last].reply.firstTokenMilliseconds = milliseconds
        case .token(let token):
            conversation.turns[last].reply.append(token)
            if conversation.turns[last].reply.firstTokenMilliseconds == nil, now > askedAt {
                conversation.turns[last].reply.firstTokenMilliseconds = now - askedAt
            }
            totals.count(token)
            if phase == .reading { phase = .writing }
            transcript.countNewToken()
        case .retracted(let count):
            for token in conversation.turns[last].reply.tokens.suffix(max(0, count)) { totals.retract(token) }
            conversation.turns[last].reply.retract(count)
            leaveRetracted(turn: last)
        case .replyEnded(let reason):
            conversation.turns[last].reply.end(reason)
            phase = .idle
            if reason == .repetition { tellOfRepetition() }
            warnOfContext()
            if reason == .cancelled {
                restoreQueued()
            } else {
                let effects = sendQueued()
                return effects.isEmpty ? ask((overlay as? InspectorOverlay)?.question) : effects
            }
        case .failed(let reason):
            conversation.turns[last].reply.end(.failed, failure: reason)
            phase = .idle
            restoreQueued()
        default: break
        }
        return []
    }

    // MARK: Sending

    /// Sends what is written, runs it as a command, or queues it.
    mutating func submit() -> [Effect] {
        let text = editor.text
        if text.allSatisfy(\.isWhitespace) { return [] }
        if text.hasPrefix("/"), !text.hasPrefix("//") {
            do throws(CommandError) {
                let command = try Command.parse(text)
                if let refusal = refusal(of: command) {
                    // What was written stays: it may be a whole answer.
                    say(.warning, refusal)
                    return []
                }
                history.add(text)
                editor.clear()
                return run(command)
            } catch {
                say(.error, error.description)
                return []
            }
        }
        if isReplay {
            say(.warning, Self.replayObstacle)
            return []
        }
        let message = text.hasPrefix("//") ? String(text.dropFirst()) : text
        if case .failed(let reason) = engine {
            say(.error, reason)
            return []
        }
        if edited != nil { return submitEdit(message) }
        let ready = engineInfo != nil && !isReplying
        if !ready, queued != nil {
            say(.warning, "One message waits already: ↑ on an empty line takes it back.")
            return []
        }
        history.add(text)
        editor.clear()
        transcript.follow()
        if ready { return send(message) }
        queued = message
        return []
    }

    /// Begins a turn.
    mutating func send(_ text: String) -> [Effect] {
        guard
            let forgotten = forgetting(
                for: text, at: conversation.turns.count, again: "\(keyText(.send)) again sends it")
        else {
            putBack(text)
            return []
        }
        var turn = freshTurn(text)
        turn.forgotten = forgotten
        conversation.turns.append(turn)
        return askLast()
    }

    private mutating func sendQueued() -> [Effect] {
        guard engineInfo != nil, !isReplying, let message = queued else { return [] }
        queued = nil
        return send(message)
    }

    /// Puts the queued message back before the draft, so that nothing is sent that is not wanted any more.
    mutating func restoreQueued() {
        guard let message = queued else { return }
        queued = nil
        putBack(message)
    }

    /// Puts a message before the draft.
    mutating func putBack(_ message: String) {
        let draft = editor.text
        editor = Editor(Self.editable(message) + (draft.isEmpty ? "" : "\n" + draft))
    }

    /// A message as it is written: a slash at its beginning is doubled, so that it is no command.
    public static func editable(_ message: String) -> String { message.hasPrefix("/") ? "/" + message : message }

    /// Makes room for another draft.
    mutating func setAside() {
        guard !editor.text.allSatisfy(\.isWhitespace) else { return }
        history.add(editor.text)
        say(.information, "↑ brings back what you were writing.")
    }

    /// Asks the engine to stop, once.
    mutating func stop() -> [Effect] {
        guard isReplying, phase != .stopping else { return [] }
        phase = .stopping
        return [.stop]
    }

    private mutating func tellOfRepetition() {
        let key = hasWindow ? keyText(.askAgain) : ""
        say(
            .information,
            "The answer began to repeat itself and was stopped; \(key.isEmpty ? "/again" : key) answers again.")
    }

    /// Whoever inspects a token that was taken back looks at the last one that was not.
    private mutating func leaveRetracted(turn: Int) {
        guard let inspector = overlay as? InspectorOverlay, inspector.place.turn == turn,
            token(at: inspector.place) == nil
        else { return }
        overlay = TokenWalk(conversation).last(of: turn).map { InspectorOverlay(at: $0, conversation) }
        decoration.marked = (overlay as? InspectorOverlay)?.place
    }

    private mutating func warnOfContext() {
        guard let (used, limit) = context, used * 10 >= limit * 9, !warnedOfContext else { return }
        warnedOfContext = true
        say(
            .warning,
            "The conversation fills \(min(used, limit)) of \(limit) tokens. \(keyText(.newConversation)) begins a new one."
        )
    }

    /// Tokens of the conversation and the most it may hold; nil before that is known.
    var context: (used: Int, limit: Int)? {
        guard let limit = engineInfo?.contextLength, limit > 0 else { return nil }
        guard let reply = conversation.turns.last(where: { $0.reply.promptTokens != nil })?.reply else {
            return (0, limit)
        }
        return ((reply.promptTokens ?? 0) + reply.tokens.count, limit)
    }
}
