import Chat
import FoundationEssentials

/// Why a trace cannot be played.
public enum TraceError: Error, Equatable, CustomStringConvertible {
    /// The file is no trace.
    case noTrace
    /// A later version of the program has written it.
    case newer(version: Int)

    /// A sentence that says what to do.
    public var description: String {
        switch self {
        case .noTrace: "it is no trace; 'spa chat --record FILE' writes one"
        case .newer(let version):
            "it is a trace of version \(version), and this spa plays \(TraceLine.version); update spa"
        }
    }
}

/// A recorded session.
public struct Trace: Sendable, Equatable {
    /// What happened, in order.
    public var lines: [TraceLine]
    /// Lines that could not be read and were left out.
    public var unreadable = 0

    /// The longest pause of a replay, in milliseconds: nobody wants to wait while somebody thinks.
    public static let longestPause = 2000.0
    /// Longer lines are no lines of a trace.
    private static let longestLine = 1 << 20

    /// Reads a trace. Broken lines are left out and counted, as is a last line that was cut; lines of unknown events are
    /// left out. Pauses are shortened to `longestPause`, and no time goes back.
    public init(reading bytes: [UInt8]) throws(TraceError) {
        lines = []
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var hasBegun = false
        var recorded = 0.0
        var shown = 0.0
        for bytes in bytes.split(separator: UInt8(ascii: "\n")) {
            guard bytes.count <= Self.longestLine, var line = try? decoder.decode(TraceLine.self, from: Data(bytes))
            else {
                if !hasBegun { throw .noTrace }
                unreadable += 1
                continue
            }
            if !hasBegun {
                guard line.event == .trace, let number = line.number, (1...1e6).contains(number) else { throw .noTrace }
                guard Int(number) <= TraceLine.version else { throw .newer(version: Int(number)) }
                hasBegun = true
                recorded = line.at.isFinite ? line.at : 0
                continue
            }
            if line.at.isFinite {
                shown += min(max(line.at - recorded, 0), Self.longestPause)
                recorded = max(recorded, line.at)
            }
            line.at = shown
            line.token?.bound()
            line.exchanges?.bound()
            lines.append(line)
        }
        if !hasBegun { throw .noTrace }
    }

    /// Lines as they stand in a file.
    public static func text(of lines: [TraceLine]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return lines.reduce(into: "") { text, line in
            guard let data = try? encoder.encode(line) else { return }
            text += String(decoding: data, as: UTF8.self) + "\n"
        }
    }
}
