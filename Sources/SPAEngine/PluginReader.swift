import GGUF

/// Reads the parts of a plugin's file; whatever is missing, misshapen or not finite is an error.
struct PluginReader {
    let file: GGUFFile

    func error(_ problem: String) -> EngineError { .badPlugin(path: file.path, problem: problem) }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(EngineError) -> Int {
        guard let value = file.integer(key), range.contains(value) else {
            throw error("metadata '\(key)' is missing or makes no sense")
        }
        return value
    }

    /// A tensor's numbers. Its shape (extents of 1 apart) is checked against the file before anything of its size is
    /// allocated.
    func values(_ name: String, _ shape: [Int]) throws(EngineError) -> [Float] {
        guard let tensor = file.tensor(name) else { throw error("tensor '\(name)' is missing") }
        guard tensor.shape.filter({ $0 != 1 }) == shape.filter({ $0 != 1 }) else {
            throw .wrongShape(path: file.path, name: name, expected: shape, found: tensor.shape)
        }
        let values = file.dequantise(tensor, rows: 0..<tensor.rows)
        guard values.allSatisfy(\.isFinite) else {
            throw error("tensor '\(name)' has numbers that are not finite")
        }
        return values
    }

    /// All tensors of a part.
    func part<Part: TrainedParameters>(_ type: Part.Type, _ sizes: Part.Configuration) throws(EngineError) -> Part {
        var tensors: [[Float]] = []
        for (name, shape) in Part.layout(sizes) { tensors.append(try values(name, shape)) }
        var part = Part(zeros: sizes)
        part.setTensors(tensors)
        return part
    }
}
