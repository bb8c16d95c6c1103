import Chat
import ChatUI
import SPAEngine
import Tokenizer

// The chat knows nothing of the engine's types, nor the engine of the chat's: here they meet.

extension TokenRecord {
    /// The engine's account of a token, as the chat keeps it.
    init(_ event: TokenEvent) {
        self.init(
            index: event.index, id: event.id, bytes: event.bytes, path: event.path == .side ? .side : .base,
            probability: event.probability, effect: event.effect, threshold: event.threshold, price: event.price,
            milliseconds: Chat.PartTimes(event.milliseconds), simulated: event.simulated, bytesUp: event.bytesUp,
            bytesDown: event.bytesDown, transmissions: event.transmissions, sigma: event.sigma,
            fallback: event.fallback.map { $0 == .offline ? .offline : .deadline })
    }
}

extension Chat.PartTimes {
    /// The engine's milliseconds, as the chat keeps them.
    init(_ times: SPAEngine.PartTimes) {
        self.init(
            base: times.base, device: times.device, uplink: times.uplink, downlink: times.downlink, total: times.total)
    }
}

extension PromptExchanges {
    /// The engine's account, as the chat keeps it.
    init(_ cost: ExchangeCost) {
        self.init(
            transmissions: cost.transmissions, bytesUp: cost.bytesUp, bytesDown: cost.bytesDown,
            networkMilliseconds: cost.networkMilliseconds, simulated: cost.simulated)
    }
}

extension Chat.StopReason {
    /// Why a reply ended; a full context is a length too.
    init(_ reason: SPAEngine.StopReason) {
        switch reason {
        case .endOfTurn: self = .endOfTurn
        case .length, .context: self = .length
        case .cancelled: self = .cancelled
        case .repetition: self = .repetition
        }
    }
}

extension Message {
    /// What the chat sends, as the template takes it.
    init(_ message: PromptMessage) {
        let role: Role =
            switch message.speaker {
            case .system: .system
            case .user: .user
            case .assistant: .assistant
            }
        self.init(role: role, content: message.text)
    }
}

extension GenerationMode {
    /// How the chat wants the plugin used.
    init(_ mode: PluginMode) {
        switch mode {
        case .gated: self = .gated
        case .base: self = .base
        case .side: self = .side
        }
    }
}

extension PluginMode {
    /// As the settings say.
    init(_ mode: GenerationMode) {
        switch mode {
        case .gated: self = .gated
        case .base: self = .base
        case .side: self = .side
        }
    }
}

extension EngineInfo {
    /// What the window shows of an engine.
    init(_ engine: LoadedEngine, threads: Int) {
        self.init(
            modelName: engine.base.name, pluginName: engine.loaded.first.map { ChatEngine.name(of: $0.path) },
            pluginSubject: engine.plugin?.facts.subject ?? "", price: Double(engine.plugin?.price ?? 0),
            contextLength: engine.contextLength, threads: threads)
        taughtName = engine.loaded.dropFirst().first.map { ChatEngine.name(of: $0.path) }
        if let plugin = engine.plugin {
            let blocks = engine.base.configuration.blockCount
            pluginPlace =
                plugin.side.map { .beside(taps: $0.configuration.taps.count) } ?? .inside(blocks: blocks)
            gateParameters = plugin.gateParameterCount
            hasGate = plugin.gate != nil
        }
    }
}
