import Chat
import ChatUI
import Dispatch
import FoundationEssentials
import SPAEngine
import Tokenizer

/// Plugins change between replies; the base stays loaded.
extension ChatEngine {
    /// Lists the plugins of the program's folder and the one in use.
    func listPlugins() {
        DispatchQueue.global().async { [self] in
            let folder = settings.paths.plugins
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            var paths = names.filter { $0.hasSuffix(".gguf") }.sorted().map { "\(folder)/\($0)" }
            let (engine, used) = current
            if let used, !paths.contains(used) { paths.insert(used, at: 0) }
            let entries = paths.compactMap { Self.entry($0, for: engine?.base, isUsed: $0 == used) }
            events.push(.plugins(entries))
        }
    }

    private static func entry(_ path: String, for base: BaseModel?, isUsed: Bool) -> PluginEntry? {
        let bytes = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        var entry = PluginEntry(path: path, name: name(of: path), bytes: bytes, isUsed: isUsed)
        do {
            let plugin = try Plugin.load(path: path, for: nil)
            entry.subject = plugin.facts.subject
            entry.method = plugin.method.rawValue
            entry.rows = plugin.facts.rows
            if let base, plugin.baseFingerprint != base.fingerprint {
                entry.obstacle = "It was trained on \(plugin.baseName) and does not fit this base."
            }
        } catch {
            entry.obstacle = "It cannot be read: \(error)"
        }
        return entry
    }

    /// The name that the window shows of a file.
    static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file
    }

    /// Uses another plugin from the next reply on; nil uses none.
    func usePlugin(_ path: String?) {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            guard let engine = current.engine else { return }
            do {
                let plugin = try path.map { try Plugin.load(path: $0, for: engine.base) }
                let changed = engine.with(plugins: plugin.map { [$0] } ?? [])
                try replace(changed, pluginPath: path)
                update { generation in
                    generation.price = plugin?.price
                    generation.mode = plugin == nil ? .base : generation.mode == .base ? .gated : generation.mode
                }
                Log.shared.info("plugin", metadata: ["plugin": "\(path ?? "none")"])
                events.push(.pluginChanged(EngineInfo(changed, plugin: path, threads: settings.threads)))
            } catch {
                Log.shared.error("plugin: \(error)")
                events.push(.warning("\(error)"))
            }
        }
    }

    /// The greedy answer of another plugin, which is not put to use; a running reply goes on.
    func answer(_ messages: [PromptMessage], plugin path: String, maximumTokens: Int = 80) async throws -> [TokenRecord]
    {
        guard let engine = current.engine else { return [] }
        let trial = engine.with(plugins: [try Plugin.load(path: path, for: engine.base)])
        let generator = try trial.generator()
        let control = GenerationControl(GenerationSettings(mode: .gated))
        var tokens: [TokenRecord] = []
        for await output in trial.reply(
            by: generator, plan: try trial.planner.plan(messages.map { Message($0) }),
            options: GenerationOptions(maximumTokens: maximumTokens), control: control)
        {
            switch output {
            case .token(let event): tokens.append(TokenRecord(event))
            case .failed(let error): throw error
            default: break
            }
        }
        return tokens
    }
}
