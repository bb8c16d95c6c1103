import Compute

/// What goes over a link in one piece, as bytes that may have been damaged on the way.
public protocol LinkFrame: Sendable {
    /// Counts the exchanges of a link, so that an answer is known to be to its question.
    var sequence: UInt32 { get }
    /// How long the encoded frame is.
    var byteCount: Int { get }
    /// The frame as bytes.
    func encoded() -> [UInt8]
    /// Reads a frame; bytes may be anything.
    init(decoding bytes: [UInt8]) throws(EngineError)
}

/// What the cloud sends; the device answers it.
public protocol LinkQuestion: LinkFrame {
    /// The device's frame.
    associatedtype Answer: LinkFrame
    /// Has a device answer.
    func answered(by device: any LinkDevice) throws(EngineError) -> Answer
}

enum FrameKind: UInt8 {
    case state = 1
    case token = 2
    case blockStates = 3
    case blockCorrections = 4
    case beamStates = 5
    case candidates = 6
}

private let frameMagic = [UInt8]("SPAF".utf8)
private let frameVersion: UInt8 = 1

struct FrameWriter {
    private(set) var bytes: [UInt8] = []

    init(kind: FrameKind, capacity: Int) {
        bytes.reserveCapacity(capacity)
        bytes += frameMagic + [frameVersion, kind.rawValue]
    }

    mutating func put(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

struct FrameReader {
    /// Wider vectors are none of a model's.
    static let greatestWidth = 1 << 20

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var left: Int { bytes.count - offset }

    mutating func take<Value: FixedWidthInteger>(_: Value.Type) throws(EngineError) -> Value {
        let size = Value.bitWidth / 8
        guard left >= size else { throw .badFrame(problem: "it ends after \(bytes.count) bytes") }
        var value: Value = 0
        for index in 0..<size { value |= Value(truncatingIfNeeded: bytes[offset + index]) << (8 * index) }
        offset += size
        return value
    }

    /// The rest of the frame: vectors of finite halves.
    mutating func vectors(_ count: Int, of width: Int) throws(EngineError) -> [UInt16] {
        guard count >= 1, width >= 1, width <= Self.greatestWidth else {
            throw .badFrame(problem: "it says that it holds \(count) vectors of \(width)")
        }
        guard left == 2 * count * width else {
            throw .badFrame(problem: "\(count) vectors of \(width) halves do not fit its \(bytes.count) bytes")
        }
        guard let halves = HalfVector.finiteHalves(bytes, from: offset, count: count * width) else {
            throw .badFrame(problem: "a state is not finite")
        }
        offset = bytes.count
        return halves
    }

    mutating func expect(_ kind: FrameKind) throws(EngineError) {
        guard bytes.starts(with: frameMagic) else { throw .badFrame(problem: "it does not begin with 'SPAF'") }
        offset = frameMagic.count
        let version = try take(UInt8.self)
        guard version == frameVersion else {
            throw .badFrame(problem: "version \(version), this program speaks \(frameVersion)")
        }
        let found = try take(UInt8.self)
        guard found == kind.rawValue else { throw .badFrame(problem: "kind \(found) instead of \(kind.rawValue)") }
    }
}
