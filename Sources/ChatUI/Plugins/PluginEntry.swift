/// A plugin that could be used.
public struct PluginEntry: Sendable, Equatable {
    /// Its file.
    public var path: String
    /// Its file's name without `.gguf`.
    public var name: String
    /// What it is about.
    public var subject: String
    /// How it was trained: spa, lora, …
    public var method: String
    /// Rows learned.
    public var rows: Int
    /// Bytes of the file.
    public var bytes: Int
    /// Why it cannot be used with this base; nil where it can.
    public var obstacle: String?
    /// Whether it is in use.
    public var isUsed: Bool
    /// Whether it runs beside the one in use, as what the person taught.
    public var isBeside: Bool

    /// One plugin.
    public init(
        path: String, name: String, subject: String = "", method: String = "spa", rows: Int = 0, bytes: Int = 0,
        obstacle: String? = nil, isUsed: Bool = false, isBeside: Bool = false
    ) {
        self.isBeside = isBeside
        self.path = path
        self.name = name
        self.subject = subject
        self.method = method
        self.rows = rows
        self.bytes = bytes
        self.obstacle = obstacle
        self.isUsed = isUsed
    }
}
