/// Everything before a GGUF file's tensor data, checked.
struct Header {
    var version: UInt32 = 0
    var alignment = Header.defaultAlignment
    var keys: [String] = []
    var values: [String: GGUFValue] = [:]
    var tensors: [TensorInfo] = []
    var indexOfTensor: [String: Int] = [:]

    static let magic: [UInt8] = Array("GGUF".utf8)
    static let alignmentKey = "general.alignment"
    static let defaultAlignment = 32

    init(_ storage: FileBytes) throws(Malformation) {
        guard storage.buffer.prefix(4).elementsEqual(Self.magic) else { throw Malformation(.wrongMagic, at: 0) }
        var parser = MetadataParser(storage: storage, position: 4)
        version = try parser.integer(of: "the version")
        guard version == 2 || version == 3 else { throw Malformation(.unsupportedVersion(version), at: 4) }
        let tensorCount = try parser.count(smallest: 32, "the number of tensors")
        let keyCount = try parser.count(smallest: 13, "the number of metadata values")
        try readMetadata(&parser, count: keyCount)
        try readTensors(&parser, count: tensorCount, fileSize: storage.count)
    }

    static func isAlignment(_ value: Int) -> Bool {
        value > 0 && value <= 1 << 30 && value & (value - 1) == 0
    }

    private mutating func readMetadata(_ parser: inout MetadataParser, count: Int) throws(Malformation) {
        for index in 0..<count {
            let start = parser.position
            let key = try parser.name("metadata key \(index)")
            guard values[key] == nil else { throw Malformation(.duplicateKey(key), at: start) }
            let valueStart = parser.position
            let value = try parser.value(key: key)
            if key == Self.alignmentKey {
                guard let given = value.integer, Self.isAlignment(given) else {
                    throw Malformation(.invalidAlignment, at: valueStart)
                }
                alignment = given
            }
            keys.append(key)
            values[key] = value
        }
    }

    private mutating func readTensors(
        _ parser: inout MetadataParser, count: Int, fileSize: Int
    ) throws(Malformation) {
        var descriptions = [Description]()
        for index in 0..<count {
            let description = try Description(&parser, index: index)
            guard indexOfTensor.updateValue(index, forKey: description.name) == nil else {
                throw Malformation(.duplicateTensor(description.name), at: description.start)
            }
            descriptions.append(description)
        }
        let dataStart = (parser.position + alignment - 1) / alignment * alignment
        for description in descriptions {
            tensors.append(
                try description.located(dataStart: dataStart, alignment: alignment, fileSize: fileSize))
        }
        try refuseOverlaps()
    }

    private func refuseOverlaps() throws(Malformation) {
        let sorted = tensors.sorted { $0.offset < $1.offset }
        for (former, latter) in zip(sorted, sorted.dropFirst())
        where former.offset + former.byteCount > latter.offset {
            throw Malformation(.overlapping(tensor: latter.name, other: former.name), at: latter.offset)
        }
    }

    /// A tensor as the file describes it, before its place is known.
    private struct Description {
        let start: Int
        let name: String
        let type: GGMLType
        let shape: [Int]
        let byteCount: Int
        let relativeOffset: UInt64
        let relativeOffsetStart: Int

        init(_ parser: inout MetadataParser, index: Int) throws(Malformation) {
            start = parser.position
            name = try parser.name("the name of tensor \(index)")
            let shapeStart = parser.position
            let extents = try parser.integer(UInt32.self, of: "the shape of tensor \(name)")
            guard (1...4).contains(extents) else {
                throw Malformation(
                    .absurdCount(what: "the number of extents of tensor \(name)", count: UInt64(extents)),
                    at: shapeStart)
            }
            var raw = [UInt64]()
            for _ in 0..<extents { raw.append(try parser.integer(of: "the shape of tensor \(name)")) }
            let typeStart = parser.position
            let rawType = try parser.integer(UInt32.self, of: "the type of tensor \(name)")
            guard let type = GGMLType(rawValue: rawType) else {
                throw Malformation(.unsupportedTensorType(tensor: name, raw: rawType), at: typeStart)
            }
            self.type = type
            relativeOffsetStart = parser.position
            relativeOffset = try parser.integer(of: "the offset of tensor \(name)")
            switch tensorSize(type: type, shape: raw) {
            case .success(let size):
                (shape, byteCount) = (size.shape, size.byteCount)
            case .failure(let refusal):
                throw Malformation(
                    .invalidShape(tensor: name, shape: raw, reason: refusal.reason), at: shapeStart)
            }
        }

        func located(dataStart: Int, alignment: Int, fileSize: Int) throws(Malformation) -> TensorInfo {
            let tooFar = Malformation(
                .outOfRange(tensor: name, byteCount: UInt64(byteCount), fileSize: fileSize), at: relativeOffsetStart)
            guard relativeOffset <= UInt64(fileSize) else { throw tooFar }
            let offset = dataStart + Int(relativeOffset)
            guard relativeOffset % UInt64(alignment) == 0 else {
                throw Malformation(.misaligned(tensor: name, alignment: alignment), at: relativeOffsetStart)
            }
            guard offset <= fileSize, byteCount <= fileSize - offset else { throw tooFar }
            return TensorInfo(name: name, type: type, shape: shape, offset: offset, byteCount: byteCount)
        }
    }
}

/// Why a shape is refused.
struct ShapeRefusal: Error {
    let reason: String
}

/// The checked extents and the size of a tensor of `type` with the extents `raw`, or why there is none.
func tensorSize(type: GGMLType, shape raw: [UInt64]) -> Result<(shape: [Int], byteCount: Int), ShapeRefusal> {
    guard (1...4).contains(raw.count) else { return .failure(ShapeRefusal(reason: "one to four extents are needed")) }
    var product = 1
    for extent in raw {
        guard extent > 0 else { return .failure(ShapeRefusal(reason: "an extent is zero")) }
        guard let extent = Int(exactly: extent) else { return .failure(ShapeRefusal(reason: "it is too large")) }
        let (next, overflow) = product.multipliedReportingOverflow(by: extent)
        guard !overflow else { return .failure(ShapeRefusal(reason: "it is too large")) }
        product = next
    }
    let shape = raw.map { Int($0) }
    guard shape[0] % type.blockLength == 0 else {
        return .failure(
            ShapeRefusal(reason: "\(shape[0]) columns are not a multiple of \(type.blockLength), as \(type.name) needs")
        )
    }
    let (byteCount, overflow) = (product / type.blockLength).multipliedReportingOverflow(by: type.blockBytes)
    guard !overflow else { return .failure(ShapeRefusal(reason: "it is too large")) }
    return .success((shape, byteCount))
}
