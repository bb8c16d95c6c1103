import SPAEngine

/// A method that is trained inside the base's blocks.
protocol BlockMethod: DifferentiablePart {
    /// Where training starts, with about `count` trained parameters: those of SPA.
    static func start(matching count: Int, base: ModelConfiguration, seed: UInt64) -> Self
    /// As a plugin holds it.
    var pluginPart: PluginPart { get }
}
