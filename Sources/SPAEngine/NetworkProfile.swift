/// A network between the cloud and the device, to be simulated.
public struct NetworkProfile: Sendable, Equatable {
    /// What it is called: a preset's name, or `custom`.
    public var name: String
    /// There and back, in milliseconds, without the time that the bytes take.
    public var roundTripMilliseconds: Double
    /// A one-way delay varies evenly by up to this much in both directions.
    public var jitterMilliseconds: Double
    /// The share of frames that get lost on one way, below 1; a lost frame is sent again after a round trip.
    public var loss: Double
    /// Bits a second; infinite where it was not given.
    public var bitsPerSecond: Double
    /// The same seed gives the same delays in every reply; nil for others in each.
    public var seed: UInt64?
    /// There is no link: the base answers alone until it is back.
    public var isOffline = false

    /// A profile; see the fields for units.
    public init(
        name: String = "custom", roundTripMilliseconds: Double, jitterMilliseconds: Double = 0, loss: Double = 0,
        bitsPerSecond: Double = .infinity, seed: UInt64? = nil
    ) {
        self.name = name
        self.roundTripMilliseconds = roundTripMilliseconds
        self.jitterMilliseconds = jitterMilliseconds
        self.loss = loss
        self.bitsPerSecond = bitsPerSecond
        self.seed = seed
    }

    /// No link at all.
    public static let offline: NetworkProfile = {
        var profile = NetworkProfile(name: "offline", roundTripMilliseconds: .infinity)
        profile.isOffline = true
        return profile
    }()

    /// A wired local network.
    public static let lan = NetworkProfile(
        name: "lan", roundTripMilliseconds: 0.5, jitterMilliseconds: 0.05, bitsPerSecond: 1e9)
    /// A wireless local network.
    public static let wifi = NetworkProfile(
        name: "wifi", roundTripMilliseconds: 5, jitterMilliseconds: 1, bitsPerSecond: 1e8)
    /// A mobile network.
    public static let mobile = NetworkProfile(
        name: "4g", roundTripMilliseconds: 50, jitterMilliseconds: 10, bitsPerSecond: 2e7)
    /// A geostationary satellite.
    public static let satellite = NetworkProfile(
        name: "satellite", roundTripMilliseconds: 600, jitterMilliseconds: 30, bitsPerSecond: 1e7)
    /// The named ones, from near to far.
    public static let presets = [lan, wifi, mobile, satellite]

    /// Reads `off` (nil), `offline`, a preset's name, or a list such as
    /// `rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit,seed=1`: rtt is required unless a preset begins the list, as in
    /// `4g,seed=1`; times in us, ms or s (ms without a unit), loss as a share or in %, bandwidth in bit, kbit, mbit
    /// or gbit a second (bit without a unit).
    public static func parse(_ text: String) throws(EngineError) -> NetworkProfile? {
        let wanted = text.lowercased().filter { !$0.isWhitespace }
        if wanted == "off" { return nil }
        if wanted == offline.name { return offline }
        if let preset = presets.first(where: { $0.name == wanted }) { return preset }
        func bad(_ problem: String) -> EngineError { .badNetwork(text: text, problem: problem) }
        guard wanted.contains("=") else { throw bad("no such preset") }

        var parts = wanted.split(separator: ",", omittingEmptySubsequences: false)
        let preset = presets.first { $0.name == parts[0] }
        if preset != nil { parts.removeFirst() }
        var fields: [String: Double] = [:]
        var seed: UInt64?
        for part in parts {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2 else { throw bad("'\(part)' is not NAME=VALUE") }
            let key = String(sides[0])
            guard fields[key] == nil, key != "seed" || seed == nil else { throw bad("'\(key)' is given twice") }
            if key == "seed" {
                guard let number = UInt64(sides[1]) else { throw bad("'\(sides[1])' is no whole number for seed") }
                seed = number
                continue
            }
            guard let units = units[key] else { throw bad("'\(key)' is none of rtt, jitter, loss, bandwidth, seed") }
            guard let value = number(sides[1], units: units) else {
                throw bad("'\(sides[1])' is no value for \(key)")
            }
            fields[key] = value
        }
        guard let roundTrip = fields["rtt"] ?? preset?.roundTripMilliseconds else { throw bad("rtt is missing") }
        let profile = NetworkProfile(
            name: fields.isEmpty ? preset?.name ?? "custom" : "custom", roundTripMilliseconds: roundTrip,
            jitterMilliseconds: fields["jitter"] ?? preset?.jitterMilliseconds ?? 0,
            loss: fields["loss"] ?? preset?.loss ?? 0,
            bitsPerSecond: fields["bandwidth"] ?? preset?.bitsPerSecond ?? .infinity, seed: seed)
        guard profile.roundTripMilliseconds <= 60_000 else { throw bad("rtt is more than a minute") }
        guard profile.jitterMilliseconds <= profile.roundTripMilliseconds / 2 else {
            throw bad("jitter is more than the one-way delay, rtt/2")
        }
        guard profile.loss <= 0.9 else { throw bad("loss is more than 0.9") }
        guard profile.bitsPerSecond >= 1000 else { throw bad("bandwidth is less than 1 kbit a second") }
        guard profile.bitsPerSecond <= 1e15 || !profile.bitsPerSecond.isFinite else {
            throw bad("bandwidth is more than a million gbit a second")
        }
        return profile
    }

    /// T_net of Eq. 4 for one exchange, in milliseconds: tau + bytes / bandwidth. Lost frames add the mean number of
    /// times that they are sent again, a round trip each, on both ways; jitter has a mean of zero.
    /// - Parameter bytes: of both ways.
    public func expectedMilliseconds(bytes: Int) -> Double {
        let tau = roundTripMilliseconds * (1 + 2 * loss / (1 - loss))
        return tau + transferMilliseconds(bytes: bytes)
    }

    /// bytes / bandwidth, in milliseconds.
    func transferMilliseconds(bytes: Int) -> Double {
        Double(bytes) * 8000 / bitsPerSecond
    }

    private static let times = ["": 1, "us": 0.001, "ms": 1, "s": 1000]
    private static let units: [String: [String: Double]] = [
        "rtt": times, "jitter": times, "loss": ["": 1, "%": 0.01],
        "bandwidth": [
            "": 1, "bit": 1, "kbit": 1e3, "mbit": 1e6, "gbit": 1e9, "bit/s": 1, "kbit/s": 1e3, "mbit/s": 1e6,
            "gbit/s": 1e9,
        ],
    ]

    /// A number of 0 or more and its unit.
    private static func number(_ text: Substring, units: [String: Double]) -> Double? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let factor = units[String(text.dropFirst(digits.count))], let value = Double(digits), value.isFinite
        else { return nil }
        return value * factor
    }
}

extension NetworkProfile: CustomStringConvertible {
    /// Name and numbers; a custom one can be given to `parse`.
    public var description: String {
        if isOffline { return name }
        var parts = ["rtt=\(Self.short(roundTripMilliseconds))ms"]
        if jitterMilliseconds > 0 { parts.append("jitter=\(Self.short(jitterMilliseconds))ms") }
        if loss > 0 { parts.append("loss=\(Self.short(loss))") }
        if bitsPerSecond.isFinite {
            let (factor, unit) =
                bitsPerSecond >= 1e9 ? (1e9, "gbit") : bitsPerSecond >= 1e6 ? (1e6, "mbit") : (1e3, "kbit")
            parts.append("bandwidth=\(Self.short(bitsPerSecond / factor))\(unit)")
        }
        if let seed { parts.append("seed=\(seed)") }
        let numbers = parts.joined(separator: ",")
        return name == "custom" ? numbers : "\(name) (\(numbers))"
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && value < 1e9 ? String(Int(value)) : String(value)
    }
}
