import Chat

/// Turns what happens in a chat into the lines of a trace.
public struct TraceRecorder: Sendable {
    /// What the trace knows to be on the screen.
    private struct Shown: Equatable {
        var conversation: ConversationID
        var turns: Int
        var last: TurnID?

        init(_ state: State) {
            conversation = state.conversation.id
            turns = state.conversation.turns.count
            last = state.conversation.turns.last?.id
        }
    }

    private let start: Double
    private var shown: Shown

    /// A recorder that begins now.
    public init(_ state: State) {
        start = state.now
        shown = Shown(state)
    }

    /// The lines that a trace begins with: what the chat is at the moment.
    public func beginning(_ state: State) -> [TraceLine] {
        var lines = [TraceLine(at: 0, .trace, number: Double(TraceLine.version))]
        if let info = state.engineInfo { lines += engine(info, at: 0) }
        lines += [network(state, at: 0)] + use(state, at: 0)
        lines.append(TraceLine(at: 0, .threshold, number: state.threshold))
        return lines + conversation(state, turns: state.conversation.turns.count, at: 0)
    }

    /// The lines of an event that has just been applied, with the effects that it had.
    public mutating func lines(of event: Event, _ effects: [Effect], _ state: State) -> [TraceLine] {
        let at = state.now - start
        var lines = Self.lines(of: event, at: at) + inspected(event, state, at: at)
        if case .pluginChanged(let info) = event { lines += engine(info, at: at) + use(state, at: at) }
        let asks = effects.contains { if case .send = $0 { true } else { false } }
        let now = Shown(state)
        if now != shown {
            let isNext = now.conversation == shown.conversation && asks
            if !isNext { lines += conversation(state, turns: now.turns - (asks ? 1 : 0), at: at) }
            shown = now
        }
        for effect in effects {
            switch effect {
            case .send:
                if let last = state.conversation.turns.indices.last { lines.append(question(state, last, at: at)) }
            case .setNetwork: lines.append(network(state, at: at))
            case .setMode(let mode): lines.append(TraceLine(at: at, .mode, text: mode.rawValue))
            case .setPrice(let price): lines.append(TraceLine(at: at, .price, number: price))
            case .setThreshold(let threshold): lines.append(TraceLine(at: at, .threshold, number: threshold))
            default: break
            }
        }
        return lines
    }

    /// What the inspector was told of the token that it stands at.
    private func inspected(_ event: Event, _ state: State, at: Double) -> [TraceLine] {
        guard case .instrument(.inspected(let question, let inspection)) = event,
            let inspector = state.overlay as? InspectorOverlay, inspector.question == question
        else { return [] }
        var line = TraceLine(at: at, .inspected)
        line.place = inspector.place
        line.inspection = inspection
        return [line]
    }

    private static func lines(of event: Event, at: Double) -> [TraceLine] {
        switch event {
        case .engineReady(let info):
            var line = TraceLine(at: at, .engine)
            line.engine = TraceLine.Engine(info)
            return [line]
        case .replyStarted(let tokens): return [TraceLine(at: at, .started, number: Double(tokens))]
        case .promptRead(let exchanges):
            var line = TraceLine(at: at, .promptRead)
            line.exchanges = exchanges
            return [line]
        case .firstToken(let milliseconds): return [TraceLine(at: at, .firstToken, number: milliseconds)]
        case .token(let token):
            var line = TraceLine(at: at, .token)
            line.token = token
            return [line]
        case .retracted(let count): return [TraceLine(at: at, .retracted, number: Double(count))]
        case .replyEnded(let reason): return [TraceLine(at: at, .ended, text: reason.rawValue)]
        case .failed(let reason): return [TraceLine(at: at, .failed, text: reason)]
        case .networkChanged(let network): return [Self.network(network, at: at)]
        case .modeChanged(let mode): return [TraceLine(at: at, .mode, text: mode.rawValue)]
        case .priceChanged(let price): return [TraceLine(at: at, .price, number: price)]
        case .thresholdChanged(let threshold): return [TraceLine(at: at, .threshold, number: threshold)]
        default: return []
        }
    }

    private func engine(_ info: EngineInfo, at: Double) -> [TraceLine] { Self.lines(of: .engineReady(info), at: at) }

    /// How the plugin is used.
    private func use(_ state: State, at: Double) -> [TraceLine] {
        [TraceLine(at: at, .mode, text: state.mode.rawValue)]
            + (state.price.map { [TraceLine(at: at, .price, number: $0)] } ?? [])
    }

    private func network(_ state: State, at: Double) -> TraceLine { Self.network(state.network, at: at) }

    private static func network(_ network: NetworkStatus, at: Double) -> TraceLine {
        var line = TraceLine(at: at, .network, text: network.name)
        line.detail = network.detail
        line.simulated = network.simulated
        return line
    }

    private func question(_ state: State, _ index: Int, at: Double) -> TraceLine {
        let turn = state.conversation.turns[index]
        var line = TraceLine(at: at, .question, text: turn.question, number: Double(index))
        line.settings = turn.settings
        return line
    }

    /// The first turns of the conversation that is on the screen, as if they had come at once.
    private func conversation(_ state: State, turns: Int, at: Double) -> [TraceLine] {
        var lines = [TraceLine(at: at, .conversation, text: state.conversation.title)]
        for index in 0..<min(turns, state.conversation.turns.count) {
            let reply = state.conversation.turns[index].reply
            lines.append(question(state, index, at: at))
            if let tokens = reply.promptTokens { lines += Self.lines(of: .replyStarted(promptTokens: tokens), at: at) }
            if let exchanges = reply.promptExchanges { lines += Self.lines(of: .promptRead(exchanges), at: at) }
            for token in reply.tokens + reply.retracted { lines += Self.lines(of: .token(token), at: at) }
            if !reply.retracted.isEmpty { lines += Self.lines(of: .retracted(reply.retracted.count), at: at) }
            if let first = reply.firstTokenMilliseconds {
                lines += Self.lines(of: .firstToken(milliseconds: first), at: at)
            }
            if let stop = reply.stop {
                lines += Self.lines(of: reply.failure.map(Event.failed) ?? .replyEnded(stop), at: at)
            }
        }
        return lines
    }
}
