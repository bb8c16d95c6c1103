/// A plugin without a gate (LoRA, Adapter, LST, full integration) writes every token: nothing chooses, so there is no
/// threshold and no price, and the chat says so wherever they would stand.
extension State {
    /// Whether the loaded plugin has none.
    var lacksGate: Bool { engineInfo.map { $0.pluginName != nil && !$0.hasGate } ?? false }

    /// How the plugin is used, in a word.
    var modeLabel: String { lacksGate && mode == .gated ? PluginMode.side.label : mode.label }

    /// The mode that the key turns to.
    var nextMode: PluginMode { lacksGate ? (mode == .base ? .gated : .base) : mode.next }

    /// Why there is no price; nil where there is one.
    var priceObstacle: String? {
        lacksGate ? "This plugin has no gate, so there is no price: it writes every word." : nil
    }

    /// Why there is no threshold; nil where there is one.
    var thresholdObstacle: String? {
        lacksGate ? "This plugin has no gate, so there is no threshold: it writes every word." : nil
    }
}
