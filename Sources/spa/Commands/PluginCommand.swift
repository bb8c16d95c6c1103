import ArgumentParser
import SPAEngine

/// `spa plugin …`
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Tells about plugins.", subcommands: [InspectCommand.self])
}

/// `spa plugin inspect FILE`
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows what a plugin is, how it was trained and which base it fits.")

    @Argument(help: "The plugin, a GGUF file that 'spa train' made.", completion: .file())
    var file: String
    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        let path = Files.expanded(file)
        if !Paths.exists(path) { throw CommandFailure.cannotRead(path: path, reason: "no such file") }
        let plugin = try Plugin.load(path: path, for: nil)
        let fields = Self.fields(plugin)
        if json {
            Standard.line(JSON.object(fields.map { ($0.key, $0.value) }).text)
            return
        }
        let width = fields.map(\.label.count).max() ?? 0
        for field in fields {
            Standard.line(
                field.label + String(repeating: " ", count: width - field.label.count + 2)
                    + field.shown.split(whereSeparator: \.isNewline).joined(separator: " "))
        }
    }

    private struct Field {
        let key: String
        let label: String
        let value: JSON
        let shown: String
    }

    private static func fields(_ plugin: Plugin) -> [Field] {
        let facts = plugin.facts
        var fields: [Field] = []
        func add(_ key: String, _ label: String, _ value: JSON, _ shown: String) {
            fields.append(Field(key: key, label: label, value: value, shown: shown))
        }
        func text(_ key: String, _ label: String, _ value: String) {
            add(key, label, .string(value), value.isEmpty ? "–" : value)
        }
        func count(_ key: String, _ label: String, _ value: Int, _ unit: String = "") {
            add(key, label, .integer(value), "\(value)\(unit)")
        }
        func decimal(_ key: String, _ label: String, _ value: Float, _ unit: String) {
            add(key, label, .float(value), Figures.text(Double(value), 3) + unit)
        }
        text("subject", "subject", facts.subject)
        text("base", "base", plugin.baseName)
        text("base_fingerprint", "base's fingerprint", plugin.baseFingerprint)
        text("method", "method", plugin.method.rawValue)
        switch plugin.part {
        case .side(let side):
            let taps = side.configuration.taps
            add(
                "taps", "taps", .array(taps.map(JSON.integer)),
                "after the blocks " + taps.map(String.init).joined(separator: ", "))
            count("width", "width", side.configuration.width)
        case .lora(let lora):
            count("rank", "rank", lora.configuration.rank, ", on queries and values of every block")
            decimal("alpha", "alpha", lora.configuration.alpha, "")
        case .adapter(let adapter):
            count("width", "width", adapter.configuration.width, ", twice in every block")
        }
        count("parameters", "parameters", plugin.parameterCount)
        if let gate = plugin.gate {
            text("gate", "gate", gate.kind.rawValue)
            count("gate_parameters", "gate's parameters", plugin.gateParameterCount)
        }
        decimal("price", "price", plugin.price, " nats")
        count("rows", "rows learned", facts.rows)
        count("held_out_rows", "rows held out", facts.heldOutRows)
        count("tokens", "tokens learned", facts.tokens)
        count("anchors", "anchors", facts.anchors)
        count("epochs", "epochs", facts.epochs)
        count("best_epoch", "best epoch", facts.bestEpoch)
        if facts.heldOutRows > 0 {
            decimal("loss_base", "held-out loss, base", facts.heldOutLoss.base, " nats a token")
            decimal("loss_side", "held-out loss, plugin", facts.heldOutLoss.side, " nats a token")
            decimal("loss_gated", "held-out loss, gated", facts.heldOutLoss.gated, " nats a token")
            decimal("usage_own_percent", "usage on its subject", facts.usagePercent.own, " %")
        }
        decimal("usage_general_percent", "usage in general chat", facts.usagePercent.general, " %")
        add("seed", "seed", .string(String(facts.seed)), String(facts.seed))
        text("date", "trained on", facts.date)
        return fields
    }
}
