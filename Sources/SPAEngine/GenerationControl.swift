import Synchronization

/// What can be changed while a reply is streaming.
public struct GenerationSettings: Sendable, Equatable {
    /// Who may speak.
    public var mode: GenerationMode
    /// The side speaks where the gate's probability is greater.
    public var threshold: Float
    /// What a transmission must earn, in nats; nil for the plugin's own price.
    public var price: Float?
    /// The network to simulate; nil for none.
    public var network: NetworkProfile?
    /// Milliseconds that the cloud waits for a side network's answer; then the base's token is taken. nil for as long as it
    /// takes. A plugin inside the base's blocks cannot be left out of a token, and is always waited for.
    public var deadline: Double?

    /// Gated at 0.5 and the plugin's price, without a network, unless told otherwise.
    public init(
        mode: GenerationMode = .gated, threshold: Float = 0.5, price: Float? = nil, network: NetworkProfile? = nil,
        deadline: Double? = nil
    ) {
        self.mode = mode
        self.threshold = threshold
        self.price = price
        self.network = network
        self.deadline = deadline
    }

    /// Whether there is no way to the device.
    var isOffline: Bool { network?.isOffline ?? false }

    /// Whether the side is to write a token: where it always does, where the gate's probability is above the threshold, and
    /// where a plugin has no gate.
    public func asksSide(_ decision: GateDecision?) -> Bool {
        switch mode {
        case .base: false
        case .side: true
        case .gated: decision.map { $0.probability > threshold } ?? true
        }
    }
}

/// The handle on one reply: ends it and changes its settings, from any thread. Changes are felt at the next token; the
/// end within the token being made, waits included.
public final class GenerationControl: Sendable {
    private let state: Mutex<GenerationSettings>
    let interruption = Interruption()

    /// A control with the settings to begin with.
    public init(_ settings: GenerationSettings = GenerationSettings()) {
        state = Mutex(settings)
    }

    /// The settings.
    public var settings: GenerationSettings {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Changes some settings at once.
    public func update(_ change: (inout GenerationSettings) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Ends the reply.
    public func cancel() { interruption.raise() }

    /// Whether the reply was ended.
    public var isCancelled: Bool { interruption.isRaised }
}
