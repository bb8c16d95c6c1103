import ChatUI
import FoundationEssentials

extension ChatEngine {
    /// Does what the chat asks of the engine; false for what it asks of others.
    func takes(_ effect: Effect) -> Bool {
        switch effect {
        case .send(let messages): send(messages)
        case .stop: stop()
        case .setNetwork(let text): setNetwork(text)
        case .setMode(let mode): update { $0.mode = .init(mode) }
        case .setPrice(let price): update { $0.price = Float(price) }
        case .setThreshold(let threshold): update { $0.threshold = Float(threshold) }
        case .setSeed(let seed): setSeed(seed)
        case .instrument(let effect): perform(effect)
        case .listPlugins: listPlugins()
        case .usePlugin(let path): usePlugin(path)
        case .remember(let choice): choices?.take(choice)
        default: return false
        }
        return true
    }
}

extension Files {
    /// Writes a text to a file that is not there yet, and says so.
    static func saving(_ text: String, to path: String) -> Event {
        let path = expanded(path)
        if Paths.exists(path) { return .warning("\(path) exists and is left as it is; give another name.") }
        do throws(CommandFailure) {
            try write(text, to: path)
            let folder = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
            return .notice("Saved as \(folder)\(path).")
        } catch {
            return .warning("\(error)")
        }
    }
}
