import Chat

/// A setting of the chat that every answer is kept with.
public enum KeptSetting: Sendable, CaseIterable {
    /// Gated, off or always.
    case mode
    /// What a transmission must earn.
    case price
    /// The probability above which the side speaks.
    case threshold
    /// The network between the two models.
    case network
    /// The longest wait for a side token.
    case deadline
    /// What the model is told before the conversation.
    case instructions
}

/// An opened conversation goes on with what its last answer was made with.
extension State {
    /// Takes up the settings of the conversation that has just been put on the screen, but for those that the person has
    /// given to this start of the program.
    ///
    /// - Parameter system: the instructions that held before.
    /// - Returns: what the engine is to be told, and what is other than it was, in words.
    mutating func bringBack(insteadOf system: String?) -> (effects: [Effect], words: [String]) {
        let given = insisted
        insisted = []
        var effects: [Effect] = []
        var words: [String] = []
        if let turn = conversation.turns.last(where: { $0.settings != nil }), let settings = turn.settings {
            // Without a plugin nobody chose anything of these three.
            if settings.plugin != nil, mayHavePlugin {
                if !given.contains(.mode) { bringBack(mode: settings.mode, &effects, &words) }
                // Both may have moved while the answer was written.
                let gated = turn.reply.tokens.last { $0.sigma != nil }
                if !given.contains(.price) {
                    bringBack(price: Self.moved(settings.price, to: gated?.price), &effects, &words)
                }
                if !given.contains(.threshold) {
                    bringBack(threshold: Self.moved(settings.threshold, to: gated?.threshold), &effects, &words)
                }
            }
            if !given.contains(.network) { bringBack(network: settings.network, &effects, &words) }
            if !given.contains(.deadline) { bringBack(deadline: settings.deadline, &effects, &words) }
        }
        if given.contains(.instructions) {
            conversation.system = system
        } else if conversation.system != system {
            words.append(conversation.system == nil ? "no instructions" : "its instructions")
        }
        return (effects, words)
    }

    private mutating func bringBack(mode name: String, _ effects: inout [Effect], _ words: inout [String]) {
        guard let wanted = PluginMode(rawValue: name), wanted != mode else { return }
        mode = wanted
        effects.append(.setMode(wanted))
        words.append("plugin \(wanted.label)")
    }

    private mutating func bringBack(price kept: Double?, _ effects: inout [Effect], _ words: inout [String]) {
        guard let wanted = kept.map(Self.clampedPrice), wanted != price else { return }
        // The plugin's own is not known before it has loaded, and a price is kept to its last digit.
        let isOther = engineInfo != nil && abs(wanted - (price ?? wanted)) > 0.001
        price = wanted
        effects.append(.setPrice(wanted))
        if !isOther { return }
        words.append("price \(DecimalText.text(wanted, digits: 2)) nats")
    }

    private mutating func bringBack(threshold kept: Double?, _ effects: inout [Effect], _ words: inout [String]) {
        guard let wanted = kept, (0...1).contains(wanted), wanted != threshold else { return }
        threshold = wanted
        effects.append(.setThreshold(wanted))
        words.append("threshold \(DecimalText.text(wanted, digits: 2))")
    }

    private mutating func bringBack(network name: String, _ effects: inout [Effect], _ words: inout [String]) {
        guard NetworkFigures.fault(in: name) == nil, name != networkName else { return }
        network = Self.network(named: name)
        if !network.isOff, !network.isOffline { lastNetwork = name }
        effects.append(.setNetwork(name))
        if network.isOff {
            words.append("network off")
        } else {
            words.append(network.isOffline ? "no link (simulated)" : "network \(network.name) (simulated)")
        }
    }

    private mutating func bringBack(deadline kept: Double?, _ effects: inout [Effect], _ words: inout [String]) {
        guard let kept, kept == 0 || Self.deadlineRange.contains(kept), kept != deadline ?? 0 else { return }
        deadline = kept == 0 ? nil : kept
        effects.append(.instrument(.setDeadline(deadline)))
        words.append(deadline.map { "a deadline of \(Meter.time($0))" } ?? "no deadline")
    }

    /// The network as `Effect.setNetwork` and `ReplySettings` name it.
    var networkName: String { network.isOff || network.isOffline ? network.name : lastNetwork }

    /// The exact value of a setting, or the rounded one of a token where it had moved till then.
    private static func moved(_ setting: Double?, to token: Float?) -> Double? {
        guard let token, token.isFinite else { return setting.flatMap { $0.isFinite ? $0 : nil } }
        if let setting, Float(setting) == token { return setting }
        return (Double(token) * 1000).rounded() / 1000
    }

    static func clampedPrice(_ price: Double) -> Double {
        min(max(price, priceRange.lowerBound), priceRange.upperBound)
    }

    /// A line on the conversation that was opened and what came back with it.
    func wordsOfOpening(_ words: [String]) -> String {
        var text = "“\(conversation.title ?? "")” goes on"
        if !words.isEmpty { text += " as it was: " + words.joined(separator: ", ") }
        if let plugin = conversation.turns.last(where: { $0.settings != nil })?.settings?.plugin, let info = engineInfo,
            plugin != info.pluginName
        {
            text += words.isEmpty ? ". " : "; "
            return text + "its last answer had the plugin “\(plugin)” (\(keyText(.plugins)) chooses one)."
        }
        return text + "."
    }
}
