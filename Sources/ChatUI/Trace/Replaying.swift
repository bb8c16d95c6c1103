import Chat

/// How a replay runs.
public struct ReplayControls: Sendable, Equatable {
    /// The speeds that the keys step through.
    static let speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32]

    /// It stands still.
    public var isPaused = false
    /// How many times as fast as it happened.
    public var speed = 1.0

    /// A word or two for the title line: `replay`, `replay 2×`, `replay, paused`.
    var words: String {
        let tenths = speed * 10
        let digits = speed == speed.rounded() ? 0 : abs(tenths - tenths.rounded()) < 0.01 ? 1 : 2
        return "replay" + (speed == 1 ? "" : " \(DecimalText.text(speed, digits: digits))×")
            + (isPaused ? ", paused" : "")
    }
}

extension State {
    /// Applies a line of a trace as it happened then.
    mutating func replay(_ line: TraceLine) -> [Effect] {
        switch line.event {
        case .trace: break
        case .engine:
            if let engine = line.engine { replay(.engineReady(engine.info)) }
        case .conversation:
            conversation = freshConversation(system: nil)
            conversation.title = line.text
            phase = .idle
            forgetRows()
            transcript.follow()
        case .question: replayQuestion(line)
        case .started: if let count = line.count { replay(.replyStarted(promptTokens: count)) }
        case .promptRead: if let exchanges = line.exchanges { replay(.promptRead(exchanges)) }
        case .firstToken: if let number = line.number { replay(.firstToken(milliseconds: number)) }
        case .token: if let token = line.token { replay(.token(token)) }
        case .retracted: if let count = line.count { replay(.retracted(count)) }
        case .ended: replay(.replyEnded(line.text.flatMap(StopReason.init(rawValue:)) ?? .endOfTurn))
        case .failed: replay(.failed(line.text ?? ""))
        case .network:
            guard let name = line.text else { break }
            replay(
                .networkChanged(
                    NetworkStatus(name: name, detail: line.detail ?? "", simulated: line.simulated ?? (name != "off"))))
        case .mode: if let mode = line.text.flatMap(PluginMode.init(rawValue:)) { replay(.modeChanged(mode)) }
        case .inspected:
            guard let place = line.place, let inspection = line.inspection,
                let question = conversation.question(turn: place.turn, token: place.token)
            else { break }
            instrument.keep(inspection, of: question)
        case .price: if let number = line.number, Self.priceRange.contains(number) { replay(.priceChanged(number)) }
        case .threshold: if let number = line.number, (0...1).contains(number) { replay(.thresholdChanged(number)) }
        }
        return []
    }

    private mutating func replay(_ event: Event) { _ = update(&self, event) }

    /// Applies lines of a trace from its beginning, in place of what has been played.
    mutating func replayAnew(_ lines: [TraceLine]) {
        conversation = freshConversation(system: nil)
        totals = SessionTotals()
        phase = .idle
        instrument.forget()
        forgetRows()
        transcript.follow()
        notice = nil
        for line in lines { _ = replay(line) }
    }

    /// What a key of a replay does.
    mutating func steer(_ action: ActionID) -> [Effect] {
        switch action {
        case .replayPause:
            playback.isPaused.toggle()
            return [.replay(.pause(playback.isPaused))]
        case .replaySlower: return play(at: ReplayControls.speeds.last { $0 < playback.speed })
        case .replayFaster: return play(at: ReplayControls.speeds.first { $0 > playback.speed })
        case .replayBack: return [.replay(.step(-1))]
        default: return [.replay(.step(1))]
        }
    }

    private mutating func play(at speed: Double?) -> [Effect] {
        guard let speed else { return [] }
        playback.speed = speed
        return [.replay(.speed(speed))]
    }

    private mutating func replayQuestion(_ line: TraceLine) {
        // A trace may be cut: what was being written then has ended.
        if isReplying { replay(.replyEnded(.cancelled)) }
        var turn = freshTurn(line.text ?? "")
        turn.settings = line.settings
        let index = line.count ?? conversation.turns.count
        if index < conversation.turns.count {
            conversation.branch(at: index, with: turn)
            forgetRows()
        } else {
            conversation.append(turn)
        }
        transcript.follow()
        _ = askLast()
    }

    /// Why nothing can be asked or changed while a trace is played.
    static let replayObstacle =
        "This is a replay: nothing is computed here. Scroll, search and look at tokens as in a chat."
}

extension TraceLine {
    /// `number` as a count of something.
    fileprivate var count: Int? {
        number.flatMap { $0.isFinite && (0...1e9).contains($0) ? Int($0) : nil }
    }
}
