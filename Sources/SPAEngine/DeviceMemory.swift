/// What the device holds of a method, in bytes. Who samples the tokens needs the output head: with a side network that is
/// the device, whose u never leaves it; inside the base's blocks the corrections go up, the cloud has the last states and
/// samples, and the device holds the plugin alone. No device holds keys and values: a side network here reads the states
/// of one position, and the base's own cache is the cloud's.
public struct DeviceMemory: Sendable, Equatable {
    /// The plugin without its gate, which the cloud has.
    public var plugin: Int
    /// The output head E and the final norm.
    public var head: Int
    /// Keys and values.
    public var cache: Int

    /// All of it.
    public var total: Int { plugin + head + cache }

    /// As this program holds it: matrices in half precision, vectors in f32, the head as the base packs it.
    public init(_ plugin: Plugin, base: BaseModel) {
        let samples = plugin.method.usesSideNetwork
        self.plugin = plugin.part.tensors.reduce(0) { $0 + ($1.isMatrix ? 2 : 4) * $1.values.count }
        head = samples ? base.headBytes + 4 * base.configuration.width : 0
        cache = 0
    }

    /// With all numbers in one precision, such as the paper's scale in half precision.
    /// - Parameter trainedParameters: without the gate.
    public init(_ method: Method, trainedParameters: Int, width: Int, vocabularySize: Int, bytesPerNumber: Int = 2) {
        plugin = trainedParameters * bytesPerNumber
        head = method.usesSideNetwork ? (vocabularySize + 1) * width * bytesPerNumber : 0
        cache = 0
    }
}
