import Compute

/// What the cloud sends where a plugin inside the base's blocks acts: the states of n positions at one site of one
/// block, in half precision.
public struct BlockStateFrame: LinkQuestion, Equatable {
    var body: BlockFrameBody

    /// The states of some positions.
    /// - Parameters:
    ///   - block: from 0.
    ///   - states: [n, width], n from 1 to 65535.
    public init(sequence: UInt32, block: Int, site: BlockSite, states: Matrix) {
        body = BlockFrameBody(sequence: sequence, block: block, site: site, microseconds: 0, vectors: states)
    }

    /// Counts the exchanges of a link.
    public var sequence: UInt32 { body.sequence }
    /// The block, from 0.
    public var block: Int { Int(body.block) }
    /// Where in the block.
    public var site: BlockSite { body.site }
    /// What the states are, rounded, [n, width].
    public var states: Matrix { body.vectors }
    /// How long the encoded frame is.
    public var byteCount: Int { body.byteCount }
    /// The frame as bytes.
    public func encoded() -> [UInt8] { body.encoded(.blockStates) }
    /// Reads a frame; bytes may be anything.
    public init(decoding bytes: [UInt8]) throws(EngineError) { body = try BlockFrameBody(bytes, .blockStates) }
    /// Has a device work out the corrections.
    public func answered(by device: any LinkDevice) throws(EngineError) -> BlockCorrectionFrame {
        try device.serve(self)
    }
}

/// What the device answers: what the cloud adds at that site, in half precision.
public struct BlockCorrectionFrame: LinkFrame, Equatable {
    var body: BlockFrameBody

    /// The answer to a frame of states.
    /// - Parameters:
    ///   - corrections: [n, rows of Wq + rows of Wv] (changes of q, then of v) or [n, H].
    ///   - deviceMicroseconds: how long the device worked on it.
    public init(to question: BlockStateFrame, corrections: Matrix, deviceMicroseconds: UInt32) {
        body = BlockFrameBody(
            sequence: question.sequence, block: question.block, site: question.site,
            microseconds: deviceMicroseconds, vectors: corrections)
    }

    /// The sequence of the question.
    public var sequence: UInt32 { body.sequence }
    /// The block, from 0.
    public var block: Int { Int(body.block) }
    /// Where in the block.
    public var site: BlockSite { body.site }
    /// How long the device worked on it, in microseconds: tells the network's time from the device's.
    public var deviceMicroseconds: UInt32 { body.microseconds }
    /// What is added, rounded, [n, width].
    public var corrections: Matrix { body.vectors }
    /// How long the encoded frame is.
    public var byteCount: Int { body.byteCount }
    /// The frame as bytes.
    public func encoded() -> [UInt8] { body.encoded(.blockCorrections) }
    /// Reads a frame; bytes may be anything.
    public init(decoding bytes: [UInt8]) throws(EngineError) { body = try BlockFrameBody(bytes, .blockCorrections) }
}

/// What both frames are made of.
///
/// The frame, little-endian: `SPAF`, version 1, kind 3 or 4, n as u16, width as u32, sequence u32, block u16, site u8,
/// exponent u8, device u32, then n · width halves. The numbers are the halves times 2^exponent: sub-layers write numbers
/// into the residual stream that a half cannot hold.
struct BlockFrameBody: Sendable, Equatable {
    let sequence: UInt32
    let block: UInt16
    let site: BlockSite
    let microseconds: UInt32
    let rows: Int
    let width: Int
    let exponent: UInt8
    let halves: [UInt16]

    init(sequence: UInt32, block: Int, site: BlockSite, microseconds: UInt32, vectors: Matrix) {
        precondition(vectors.rows >= 1 && vectors.rows <= Int(UInt16.max) && vectors.columns >= 1)
        self.sequence = sequence
        self.block = UInt16(clamping: block)
        self.site = site
        self.microseconds = microseconds
        (rows, width) = (vectors.rows, vectors.columns)
        var (exponent, halves): (UInt8, [UInt16]) = (0, HalfVector.encode(vectors.values))
        if HalfVector.overflows(halves) {
            var scaled = vectors.values
            while exponent < Self.greatestExponent, HalfVector.overflows(halves) {
                exponent += 1
                VectorMath.scale(&scaled, by: 0.5)
                halves = HalfVector.encode(scaled)
            }
        }
        (self.exponent, self.halves) = (exponent, halves)
    }

    var vectors: Matrix {
        var result = Matrix(rows: rows, columns: width, values: HalfVector.decode(halves))
        if exponent > 0 {
            VectorMath.scale(&result.values, by: Float(sign: .plus, exponent: Int(exponent), significand: 1))
        }
        return result
    }

    var byteCount: Int { Self.headerBytes + 2 * halves.count }

    func encoded(_ kind: FrameKind) -> [UInt8] {
        var writer = FrameWriter(kind: kind, capacity: Self.headerBytes)
        writer.put(UInt16(rows))
        writer.put(UInt32(width))
        writer.put(sequence)
        writer.put(block)
        writer.put(site.rawValue)
        writer.put(exponent)
        writer.put(microseconds)
        return writer.bytes + HalfVector.bytes(halves)
    }

    init(_ bytes: [UInt8], _ kind: FrameKind) throws(EngineError) {
        var reader = FrameReader(bytes)
        try reader.expect(kind)
        rows = Int(try reader.take(UInt16.self))
        width = Int(try reader.take(UInt32.self))
        sequence = try reader.take(UInt32.self)
        block = try reader.take(UInt16.self)
        let siteByte = try reader.take(UInt8.self)
        exponent = try reader.take(UInt8.self)
        microseconds = try reader.take(UInt32.self)
        guard let site = BlockSite(rawValue: siteByte) else {
            throw .badFrame(problem: "there is no site \(siteByte) in a block")
        }
        self.site = site
        guard exponent <= Self.greatestExponent else {
            throw .badFrame(problem: "its numbers are multiplied by 2 to the power of \(exponent)")
        }
        halves = try reader.vectors(rows, of: width)
    }

    static let headerBytes = 24
    /// With it the largest half is the largest float.
    private static let greatestExponent: UInt8 = 112
}
