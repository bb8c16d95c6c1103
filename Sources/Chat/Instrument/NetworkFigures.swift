/// A network in numbers, as the panel edits them and the ledger reckons with them.
public struct NetworkFigures: Sendable, Equatable {
    /// There and back, in milliseconds, without the time that the bytes take.
    public var roundTripMilliseconds: Double
    /// A one-way delay varies by up to this much, in milliseconds.
    public var jitterMilliseconds: Double
    /// The share of frames that get lost on one way.
    public var loss: Double
    /// Bits a second; infinite where bytes take no time.
    public var bitsPerSecond: Double
    /// The same seed gives the same delays; nil for others in each answer.
    public var seed: UInt64?

    /// A network.
    public init(
        roundTripMilliseconds: Double, jitterMilliseconds: Double = 0, loss: Double = 0,
        bitsPerSecond: Double = .infinity, seed: UInt64? = nil
    ) {
        self.roundTripMilliseconds = roundTripMilliseconds
        self.jitterMilliseconds = jitterMilliseconds
        self.loss = loss
        self.bitsPerSecond = bitsPerSecond
        self.seed = seed
    }

    /// The presets of `--network`, from near to far.
    public static let presets: [(name: String, figures: NetworkFigures)] = [
        ("lan", NetworkFigures(roundTripMilliseconds: 0.5, jitterMilliseconds: 0.05, bitsPerSecond: 1e9)),
        ("wifi", NetworkFigures(roundTripMilliseconds: 5, jitterMilliseconds: 1, bitsPerSecond: 1e8)),
        ("4g", NetworkFigures(roundTripMilliseconds: 50, jitterMilliseconds: 10, bitsPerSecond: 2e7)),
        ("satellite", NetworkFigures(roundTripMilliseconds: 600, jitterMilliseconds: 30, bitsPerSecond: 1e7)),
    ]

    /// What is expected of some exchanges, in milliseconds (Eq. 4 of arXiv 2403.07088): a round trip each, the mean number of
    /// round trips for frames that are sent again, and the time that the bytes take.
    public func expectedMilliseconds(exchanges: Int, bytes: Int) -> Double {
        Double(exchanges) * roundTripMilliseconds * (1 + 2 * loss / (1 - loss)) + Double(bytes) * 8000 / bitsPerSecond
    }

    /// In the form of `--network`.
    public var description: String {
        var parts = ["rtt=\(Self.short(roundTripMilliseconds))ms"]
        if jitterMilliseconds > 0 { parts.append("jitter=\(Self.short(jitterMilliseconds))ms") }
        if loss > 0 { parts.append("loss=\(Self.short(loss))") }
        if bitsPerSecond.isFinite { parts.append("bandwidth=\(Self.short(bitsPerSecond / 1e6))mbit") }
        if let seed { parts.append("seed=\(seed)") }
        return parts.joined(separator: ",")
    }

    /// In plain words, such as `50 ms ± 10 ms · 20 Mbit/s`.
    public var detail: String {
        var parts = ["\(Self.short(roundTripMilliseconds)) ms"]
        if jitterMilliseconds > 0 { parts[0] += " ± \(Self.short(jitterMilliseconds)) ms" }
        if loss > 0 { parts.append("\(Self.short(loss * 100)) % lost") }
        if bitsPerSecond.isFinite { parts.append(Self.rate(bitsPerSecond)) }
        if let seed { parts.append("seed \(seed)") }
        return parts.joined(separator: " · ")
    }

    private static func rate(_ bits: Double) -> String {
        if bits >= 1e9 { return "\(short(bits / 1e9)) Gbit/s" }
        return bits >= 1e6 ? "\(short(bits / 1e6)) Mbit/s" : "\(short(bits / 1e3)) kbit/s"
    }

    private static func short(_ value: Double) -> String {
        let rounded = (value * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension NetworkFigures {
    /// What a text in the form of `--network` means.
    private enum Reading {
        case none, offline
        case network(NetworkFigures)
        case fault(String)
    }

    /// What is wrong with a network's name or description; nil where nothing is.
    public static func fault(in text: String) -> String? {
        if case .fault(let fault) = read(text) { fault } else { nil }
    }

    /// The numbers of a preset's name or a description; nil for `off`, `offline` and what has a fault.
    public init?(_ text: String) {
        guard case .network(let figures) = Self.read(text) else { return nil }
        self = figures
    }

    private static func read(_ text: String) -> Reading {
        let text = text.lowercased()
        if text == "off" { return .none }
        if text == "offline" { return .offline }
        if let preset = presets.first(where: { $0.name == text }) { return .network(preset.figures) }
        guard text.contains("=") else {
            return .fault("No network “\(text)”: off, offline, lan, wifi, 4g, satellite or rtt=80ms,bandwidth=20mbit.")
        }
        var parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
        let preset = presets.first { $0.name == parts.first }
        if preset != nil { parts.removeFirst() }
        var figures = preset?.figures ?? NetworkFigures(roundTripMilliseconds: .nan)
        var seen: Set<String> = []
        for part in parts {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = sides.first.map(String.init) ?? ""
            guard seen.insert(name).inserted else { return .fault("Network: \(name) is given twice.") }
            if let fault = figures.set(name, to: sides.count == 2 ? String(sides[1]) : "") { return .fault(fault) }
        }
        return figures.fault.map { .fault($0) } ?? .network(figures)
    }

    /// Takes a value; returns what is wrong with it.
    private mutating func set(_ name: String, to value: String) -> String? {
        let times = ["": 1.0, "ms": 1, "us": 0.001, "s": 1000]
        switch name {
        case "rtt", "jitter":
            guard let time = Self.quantity(value, units: times) else {
                return "Network: \(name)=\(value) is no time, such as 80ms."
            }
            if name == "rtt" { roundTripMilliseconds = time } else { jitterMilliseconds = time }
        case "bandwidth":
            let units = [
                "": 1.0, "bit": 1, "kbit": 1e3, "mbit": 1e6, "gbit": 1e9, "bit/s": 1, "kbit/s": 1e3, "mbit/s": 1e6,
                "gbit/s": 1e9,
            ]
            guard let rate = Self.quantity(value, units: units), rate > 0 else {
                return "Network: bandwidth=\(value) is no rate, such as 20mbit."
            }
            bitsPerSecond = rate
        case "loss":
            guard let share = Self.quantity(value, units: ["": 1, "%": 0.01]) else {
                return "Network: loss=\(value) is no share from 0 to 0.9, such as 0.01."
            }
            loss = share
        case "seed":
            guard let number = UInt64(value) else { return "Network: seed=\(value) is no whole number." }
            seed = number
        default: return "Network: “\(name)” is not one of rtt, jitter, loss, bandwidth, seed."
        }
        return nil
    }

    /// What is wrong with the numbers together; nil where nothing is.
    public var fault: String? {
        if roundTripMilliseconds.isNaN { return "Network: rtt is missing, such as rtt=80ms." }
        if roundTripMilliseconds > 60_000 { return "Network: rtt is more than a minute." }
        if jitterMilliseconds > roundTripMilliseconds / 2 {
            return "Network: jitter is more than half of rtt, the delay of one way."
        }
        if loss > 0.9 { return "Network: loss is more than 0.9." }
        if bitsPerSecond > 1e15, bitsPerSecond.isFinite {
            return "Network: bandwidth is more than a million Gbit a second."
        }
        return bitsPerSecond < 1000 ? "Network: bandwidth is less than 1 kbit a second." : nil
    }

    /// A number of 0 or more and its unit.
    static func quantity(_ text: String, units: [String: Double]) -> Double? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let factor = units[String(text.dropFirst(digits.count))], let value = Double(digits), value.isFinite
        else { return nil }
        return value * factor
    }
}
