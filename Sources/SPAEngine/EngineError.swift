/// What can go wrong in the engine, each with what, where and what to do.
public enum EngineError: Error, Equatable, CustomStringConvertible {
    /// The file's architecture is not of the family that the engine runs.
    case unsupportedArchitecture(path: String, architecture: String)
    /// A metadata key that the model needs is absent or makes no sense.
    case badMetadata(path: String, key: String, problem: String)
    /// A tensor that the model needs is absent.
    case missingTensor(path: String, name: String)
    /// A tensor's shape is not what the metadata say; columns first, as in the file.
    case wrongShape(path: String, name: String, expected: [Int], found: [Int])
    /// The system has no memory for weights or cache.
    case outOfMemory(what: String, bytes: Int)
    /// A token id that the vocabulary does not have.
    case unknownToken(id: Int32, vocabularySize: Int)
    /// More positions than the cache holds.
    case contextFull(needed: Int, capacity: Int)
    /// A tap that is no block of the base.
    case unknownTap(block: Int, blockCount: Int)
    /// A file that is no side plugin, or a broken one.
    case badPlugin(path: String, problem: String)
    /// A plugin that was trained on another base.
    case wrongBase(path: String, pluginBase: String, loadedBase: String)
    /// A network description that cannot be read.
    case badNetwork(text: String, problem: String)
    /// Beam search does not draw, nor make recent tokens less probable.
    case samplingWithBeams
    /// There is nothing to continue.
    case emptyPrompt
    /// A frame on the link that cannot be read.
    case badFrame(problem: String)
    /// The reply was ended while its states were on their way; whoever ends it does not see this.
    case interrupted

    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .unsupportedArchitecture(let path, let architecture):
            "\(path): the architecture '\(architecture)' is not supported; give a GGUF file of the Llama family ('llama', 'qwen2' or 'qwen3') with --model"
        case .badMetadata(let path, let key, let problem):
            "\(path): metadata '\(key)' \(problem); the file is damaged or not a language model"
        case .missingTensor(let path, let name):
            "\(path): tensor '\(name)' is missing; the file is incomplete or not of the Llama family"
        case .wrongShape(let path, let name, let expected, let found):
            "\(path): tensor '\(name)' has the shape \(found), the metadata ask for \(expected); the file is damaged"
        case .outOfMemory(let what, let bytes):
            "no memory for \(what) (\(bytes / 1_048_576) MiB); close other programs or lower --context"
        case .unknownToken(let id, let size):
            "token \(id) is not in the vocabulary of \(size) tokens"
        case .contextFull(let needed, let capacity):
            "the text needs \(needed) positions and the context holds \(capacity); shorten it or raise --context"
        case .unknownTap(let block, let count):
            "block \(block) cannot be tapped: the base has blocks 1 to \(count)"
        case .badPlugin(let path, let problem):
            "\(path): \(problem); give a plugin made by 'spa train' with --plugin, or --plugin off"
        case .wrongBase(let path, let plugin, let base):
            "\(path): this plugin was trained on \(plugin) and cannot run on \(base); load that base with --model, or train a plugin for this one"
        case .badNetwork(let text, let problem):
            "network '\(text)': \(problem); use off, offline, lan, wifi, 4g, satellite or rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit,seed=1"
        case .samplingWithBeams:
            "beam search looks for the most probable text and does not draw; use --temperature 0 and --repeat-penalty 1, or --beams 1"
        case .emptyPrompt:
            "the prompt is empty; give at least one word"
        case .badFrame(let problem):
            "a frame on the link cannot be read: \(problem)"
        case .interrupted:
            "the reply was ended before it was complete"
        }
    }
}
