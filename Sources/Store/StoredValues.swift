import Chat
import FoundationEssentials
import GRDB

// Reading rows: what a damaged file holds in a column is never trusted to be of its type.

extension Row {
    func integer(_ column: String) -> Int? { value(column).flatMap(Int.fromDatabaseValue) }
    func long(_ column: String) -> Int64? { value(column).flatMap(Int64.fromDatabaseValue) }
    func double(_ column: String) -> Double? { value(column).flatMap(Double.fromDatabaseValue) }
    func float(_ column: String) -> Float? { double(column).map { Float($0) } }
    /// A number of things, whatever the column holds.
    func count(_ column: String) -> Int {
        guard let value = double(column), value.isFinite else { return 0 }
        return Int(Swift.min(Swift.max(value, 0), 1e15))
    }
    func string(_ column: String) -> String? { value(column).flatMap(String.fromDatabaseValue) }
    func flag(_ column: String) -> Bool { integer(column) ?? 0 != 0 }
    func bytes(_ column: String) -> [UInt8] {
        guard let value = value(column), case .blob(let data) = value.storage else { return [] }
        return Array(data)
    }

    private func value(_ column: String) -> DatabaseValue? { self[column] as DatabaseValue? }
}

extension TokenRecord {
    static let insertion = """
        INSERT OR IGNORE INTO token (turn, position, id, bytes, side, probability, effect, threshold, price, base_ms,
            device_ms, uplink_ms, downlink_ms, total_ms, simulated, bytes_up, bytes_down, transmissions, sigma,
            fallback)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The values of `insertion`.
    func arguments(of turn: TurnID, at position: Int) -> StatementArguments {
        let values: [(any DatabaseValueConvertible)?] = [
            turn.rawValue, position, Int64(id), Data(bytes), path == .side, Double(probability),
            effect.map { Double($0) }, Double(threshold), Double(price), milliseconds.base, milliseconds.device,
            milliseconds.uplink, milliseconds.downlink, milliseconds.total, simulated, bytesUp, bytesDown,
            transmissions, sigma.map { Double($0) }, fallback?.rawValue,
        ]
        return StatementArguments(values)
    }

    init(_ row: Row, index: Int) {
        self.init(
            index: index, id: Int32(clamping: row.integer("id") ?? 0), bytes: row.bytes("bytes"),
            path: row.flag("side") ? .side : .base, probability: row.float("probability") ?? 0,
            effect: row.float("effect"), threshold: row.float("threshold") ?? 0.5, price: row.float("price") ?? 0,
            milliseconds: PartTimes(
                base: row.double("base_ms") ?? 0, device: row.double("device_ms") ?? 0,
                uplink: row.double("uplink_ms") ?? 0, downlink: row.double("downlink_ms") ?? 0,
                total: row.double("total_ms") ?? 0),
            simulated: row.flag("simulated"), bytesUp: row.integer("bytes_up") ?? 0,
            bytesDown: row.integer("bytes_down") ?? 0, transmissions: row.integer("transmissions") ?? 0,
            sigma: row.float("sigma"), fallback: row.string("fallback").flatMap(TokenFallback.init(rawValue:)))
        bound()
    }
}

extension PromptExchanges {
    /// Those of a turn; nil where reading its question took none.
    init?(_ row: Row) {
        let transmissions = row.count("prompt_transmissions")
        guard transmissions > 0 else { return nil }
        self.init(
            transmissions: transmissions, bytesUp: row.count("prompt_bytes_up"),
            bytesDown: row.count("prompt_bytes_down"), networkMilliseconds: row.double("prompt_network_ms") ?? 0,
            simulated: row.flag("prompt_simulated"))
        bound()
    }
}

extension ReplySettings {
    /// nil where a row has none.
    init?(_ row: Row) {
        guard let mode = row.string("mode") else { return nil }
        self.init(
            model: row.string("model") ?? "", plugin: row.string("plugin"), mode: mode, price: row.double("price"),
            threshold: row.double("threshold") ?? 0.5, network: row.string("network") ?? "off",
            deadline: row.double("deadline"), seed: UInt64(bitPattern: row.long("seed") ?? 0))
    }
}
