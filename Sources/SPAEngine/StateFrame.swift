import Compute

/// What the cloud sends for one token on the side path: the taps and the final state of one position, normalised and
/// in half precision. (K + 1) · H numbers.
///
/// The frame, little-endian: `SPAF`, version 1, kind 1, K + 1 as u16, H as u32, sequence u32, position u32, then the
/// halves, the final state last.
public struct StateFrame: LinkQuestion, Equatable {
    /// Counts the exchanges of a link, so that an answer is known to be to this question.
    public var sequence: UInt32
    /// Where in the text the position is that these states belong to, counted from 0.
    public var position: UInt32
    /// H.
    public let width: Int
    /// rms(h^l) of each tap and then rms(f), [K + 1, H] as halves.
    public let halves: [UInt16]

    /// The frame of one position.
    /// - Parameters:
    ///   - taps: rms(h^l), K matrices of [1, H].
    ///   - final: rms(f), [1, H].
    public init(sequence: UInt32, position: UInt32, taps: [Matrix], final: Matrix) {
        precondition(final.rows == 1 && taps.allSatisfy { $0.rows == 1 && $0.columns == final.columns })
        self.sequence = sequence
        self.position = position
        width = final.columns
        halves = HalfVector.encode(taps.flatMap(\.values) + final.values)
    }

    init(sequence: UInt32, position: UInt32, width: Int, halves: [UInt16]) {
        (self.sequence, self.position, self.width, self.halves) = (sequence, position, width, halves)
    }

    /// K.
    public var tapCount: Int { width == 0 ? 0 : halves.count / width - 1 }

    /// rms(h^l) of the taps, K matrices of [1, H].
    public var taps: [Matrix] { (0..<tapCount).map(vector) }

    /// rms(f), [1, H].
    public var final: Matrix { vector(tapCount) }

    private func vector(_ index: Int) -> Matrix {
        Matrix(
            rows: 1, columns: width, values: HalfVector.decode(halves, in: index * width..<(index + 1) * width))
    }

    /// How long the encoded frame is.
    public var byteCount: Int { Self.headerBytes + 2 * halves.count }

    /// The frame as bytes.
    public func encoded() -> [UInt8] {
        var writer = FrameWriter(kind: .state, capacity: Self.headerBytes)
        writer.put(UInt16(truncatingIfNeeded: tapCount + 1))
        writer.put(UInt32(truncatingIfNeeded: width))
        writer.put(sequence)
        writer.put(position)
        return writer.bytes + HalfVector.bytes(halves)
    }

    /// Has a device choose the token.
    public func answered(by device: any LinkDevice) throws(EngineError) -> TokenFrame { try device.serve(self) }

    /// Reads a frame; bytes may be anything.
    public init(decoding bytes: [UInt8]) throws(EngineError) {
        var reader = FrameReader(bytes)
        try reader.expect(.state)
        let vectors = Int(try reader.take(UInt16.self))
        width = Int(try reader.take(UInt32.self))
        sequence = try reader.take(UInt32.self)
        position = try reader.take(UInt32.self)
        halves = try reader.vectors(vectors, of: width)
    }

    static let headerBytes = 20
}

/// What the device answers: the token.
///
/// The frame, little-endian: `SPAF`, version 1, kind 2, two zero bytes, sequence u32, token i32, device u32.
public struct TokenFrame: LinkFrame, Equatable {
    /// The sequence of the question.
    public var sequence: UInt32
    /// The token.
    public var token: Int32
    /// How long the device worked on it, in microseconds: tells the network's time from the device's.
    public var deviceMicroseconds: UInt32

    /// An answer.
    public init(sequence: UInt32, token: Int32, deviceMicroseconds: UInt32) {
        self.sequence = sequence
        self.token = token
        self.deviceMicroseconds = deviceMicroseconds
    }

    /// How long the encoded frame is.
    public static let byteCount = 20
    /// How long the encoded frame is.
    public var byteCount: Int { Self.byteCount }

    /// The frame as bytes.
    public func encoded() -> [UInt8] {
        var writer = FrameWriter(kind: .token, capacity: Self.byteCount)
        writer.put(UInt16(0))
        writer.put(sequence)
        writer.put(token)
        writer.put(deviceMicroseconds)
        return writer.bytes
    }

    /// Reads a frame; bytes may be anything.
    public init(decoding bytes: [UInt8]) throws(EngineError) {
        var reader = FrameReader(bytes)
        try reader.expect(.token)
        guard try reader.take(UInt16.self) == 0 else { throw .badFrame(problem: "its reserved bytes are not zero") }
        sequence = try reader.take(UInt32.self)
        token = try reader.take(Int32.self)
        deviceMicroseconds = try reader.take(UInt32.self)
        guard reader.left == 0 else { throw .badFrame(problem: "\(reader.left) bytes too many") }
    }
}
