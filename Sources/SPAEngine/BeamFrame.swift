import Compute

/// What the cloud sends for the beams that are to be continued on the side path: the states of one position of each, as
/// `StateFrame` has them, in one exchange.
///
/// The frame, little-endian: `SPAF`, version 1, kind 5, the number n of beams as u16, H as u32, sequence u32, K + 1 as u16,
/// the candidates asked for as u16, n positions as u32, then the halves, beam after beam.
public struct BeamStateFrame: LinkQuestion, Equatable {
    /// Counts the exchanges of a link, so that an answer is known to be to this question.
    public var sequence: UInt32
    /// How many continuations of each beam are asked for.
    public let candidates: Int
    /// The states of each beam; all of one shape.
    public let states: [StateFrame]

    /// The frame of one position of each of one to 65,535 beams; at most 65,535 candidates are asked for.
    public init(sequence: UInt32, candidates: Int, states: [StateFrame]) {
        precondition(states.allSatisfy { $0.width == states[0].width && $0.tapCount == states[0].tapCount })
        self.sequence = sequence
        self.candidates = min(candidates, Int(UInt16.max))
        self.states = states
    }

    private var width: Int { states.first?.width ?? 0 }
    private var vectors: Int { states.first.map { $0.tapCount + 1 } ?? 0 }

    /// How long the encoded frame is.
    public var byteCount: Int { Self.headerBytes + states.reduce(0) { $0 + 4 + 2 * $1.halves.count } }

    /// The frame as bytes.
    public func encoded() -> [UInt8] {
        var writer = FrameWriter(kind: .beamStates, capacity: Self.headerBytes + 4 * states.count)
        writer.put(UInt16(truncatingIfNeeded: states.count))
        writer.put(UInt32(truncatingIfNeeded: width))
        writer.put(sequence)
        writer.put(UInt16(truncatingIfNeeded: vectors))
        writer.put(UInt16(truncatingIfNeeded: candidates))
        for state in states { writer.put(state.position) }
        return states.reduce(into: writer.bytes) { $0 += HalfVector.bytes($1.halves) }
    }

    /// Has a device name the continuations.
    public func answered(by device: any LinkDevice) throws(EngineError) -> CandidateFrame { try device.serve(self) }

    /// Reads a frame; bytes may be anything.
    public init(decoding bytes: [UInt8]) throws(EngineError) {
        var reader = FrameReader(bytes)
        try reader.expect(.beamStates)
        let count = Int(try reader.take(UInt16.self))
        let width = Int(try reader.take(UInt32.self))
        sequence = try reader.take(UInt32.self)
        let vectors = Int(try reader.take(UInt16.self))
        candidates = Int(try reader.take(UInt16.self))
        guard count >= 1, vectors >= 1, width >= 1, width <= FrameReader.greatestWidth else {
            throw .badFrame(problem: "it says that it holds \(vectors) vectors of \(width) for \(count) beams")
        }
        guard reader.left == count * (4 + 2 * vectors * width) else {
            throw .badFrame(
                problem: "\(vectors) vectors of \(width) halves for \(count) beams do not fit its \(bytes.count) bytes")
        }
        var positions: [UInt32] = []
        for _ in 0..<count { positions.append(try reader.take(UInt32.self)) }
        let start = bytes.count - reader.left
        var states: [StateFrame] = []
        for (index, position) in positions.enumerated() {
            let from = start + 2 * vectors * width * index
            guard let halves = HalfVector.finiteHalves(bytes, from: from, count: vectors * width) else {
                throw .badFrame(problem: "a state is not finite")
            }
            states.append(StateFrame(sequence: sequence, position: position, width: width, halves: halves))
        }
        self.states = states
    }

    private static let headerBytes = 20
}

/// What the device answers: for each beam its most probable continuations on the side path.
///
/// The frame, little-endian: `SPAF`, version 1, kind 6, the number n of beams as u16, sequence u32, device u32, n counts as
/// u16, then for each continuation its token as i32 and log p as f32.
public struct CandidateFrame: LinkFrame, Equatable {
    /// The sequence of the question.
    public var sequence: UInt32
    /// How long the device worked on it, in microseconds: tells the network's time from the device's.
    public var deviceMicroseconds: UInt32
    /// The continuations of each beam, most probable first.
    public var candidates: [[TokenLogProbability]]

    /// An answer of at most 65,535 beams with at most 65,535 continuations each.
    public init(sequence: UInt32, deviceMicroseconds: UInt32, candidates: [[TokenLogProbability]]) {
        self.sequence = sequence
        self.deviceMicroseconds = deviceMicroseconds
        self.candidates = candidates
    }

    /// How long the encoded frame is.
    public var byteCount: Int { Self.headerBytes + candidates.reduce(0) { $0 + 2 + 8 * $1.count } }

    /// The frame as bytes.
    public func encoded() -> [UInt8] {
        var writer = FrameWriter(kind: .candidates, capacity: byteCount)
        writer.put(UInt16(truncatingIfNeeded: candidates.count))
        writer.put(sequence)
        writer.put(deviceMicroseconds)
        for beam in candidates { writer.put(UInt16(truncatingIfNeeded: beam.count)) }
        for candidate in candidates.joined() {
            writer.put(candidate.id)
            writer.put(candidate.logProbability.bitPattern)
        }
        return writer.bytes
    }

    /// Reads a frame; bytes may be anything.
    public init(decoding bytes: [UInt8]) throws(EngineError) {
        var reader = FrameReader(bytes)
        try reader.expect(.candidates)
        let count = Int(try reader.take(UInt16.self))
        sequence = try reader.take(UInt32.self)
        deviceMicroseconds = try reader.take(UInt32.self)
        var counts: [Int] = []
        for _ in 0..<count { counts.append(Int(try reader.take(UInt16.self))) }
        let total = counts.reduce(0, +)
        guard reader.left == 8 * total else {
            throw .badFrame(problem: "\(total) continuations do not fit its \(bytes.count) bytes")
        }
        candidates = []
        for count in counts {
            var beam: [TokenLogProbability] = []
            for _ in 0..<count {
                let id = try reader.take(Int32.self)
                let logProbability = Float(bitPattern: try reader.take(UInt32.self))
                guard logProbability <= 0 else { throw .badFrame(problem: "a probability is not one") }
                beam.append(TokenLogProbability(id: id, logProbability: logProbability))
            }
            candidates.append(beam)
        }
    }

    private static let headerBytes = 16
}
