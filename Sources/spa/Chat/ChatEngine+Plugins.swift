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
            let engine = current.engine
            let loaded = engine?.loaded.map(\.path) ?? []
            for path in loaded.reversed() where !paths.contains(path) { paths.insert(path, at: 0) }
            let entries = paths.map { path in
                var entry = Self.entry(path, for: engine?.base)
                entry.isUsed = path == loaded.first
                entry.isBeside = !entry.isUsed && loaded.contains(path)
                return entry
            }
            events.push(.plugins(entries))
        }
    }

    private static func entry(_ path: String, for base: BaseModel?) -> PluginEntry {
        let bytes = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        var entry = PluginEntry(path: path, name: name(of: path), bytes: bytes)
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

    /// Uses another plugin from the next reply on, and beside it what was taught; nil uses neither.
    func usePlugin(_ path: String?) {
        changePlugins { [events] engine, taught in
            guard let path else { return [] }
            let chosen = try LoadedPlugin(path: path, for: engine.base)
            guard let taught, taught != path, Paths.exists(taught) else { return [chosen] }
            do {
                return [chosen, try LoadedPlugin(path: taught, for: engine.base)]
            } catch {
                events.push(.warning("What was taught is left out: \(error)."))
                return [chosen]
            }
        } then: { [self] _ in
            choices?.update { choices in
                choices.plugin = path ?? "off"
                // Whoever chooses a plugin wants to hear it.
                if path != nil, choices.mode == GenerationMode.base.rawValue { choices.mode = nil }
            }
        }
    }

    /// Uses what was taught, from the next reply on, beside the plugin that was chosen; nil uses that alone.
    /// - Parameter end: follows where that worked.
    func useTaught(_ path: String?, then end: @escaping @Sendable () -> Void = {}) {
        changePlugins { [self] engine, old in
            let new = try path.map { try LoadedPlugin(path: $0, for: engine.base) }
            state.withLock { $0.taught = path }
            return engine.plugins(taught: new, insteadOf: old)
        } then: { [self] loaded in
            choices?.update { choices in
                choices.taught = path
                guard let plugin = choices.plugin else { return }
                // Whoever keeps a lesson wants to hear it, and a plugin that has gone is not chosen any more.
                let isOver = plugin == "off" ? path != nil : !Paths.exists(plugin)
                if isOver { choices.plugin = path == nil ? nil : loaded.first?.path }
            }
            end()
        }
    }

    /// Loads plugins and uses them from the next reply on.
    /// - Parameters:
    ///   - change: the plugins, of what answers now and the file of what was taught.
    ///   - end: what follows where that worked.
    private func changePlugins(
        _ change: @escaping @Sendable (LoadedEngine, String?) throws -> [LoadedPlugin],
        then end: @escaping @Sendable ([LoadedPlugin]) -> Void
    ) {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            let (engine, taught) = current
            guard let engine else { return }
            do {
                let changed = engine.with(try change(engine, taught))
                try replace(changed)
                update { generation in
                    generation.price = changed.plugin?.price
                    generation.mode =
                        changed.plugin == nil ? .base : generation.mode == .base ? .gated : generation.mode
                }
                let paths = changed.loaded.map(\.path)
                Log.shared.info("plugin", metadata: ["plugin": "\(paths.joined(separator: ", "))"])
                events.push(.pluginChanged(EngineInfo(changed, threads: settings.threads)))
                end(changed.loaded)
            } catch {
                Log.shared.error("plugin: \(error)")
                events.push(.warning("\(error)"))
            }
        }
    }

    /// The greedy answer with another file in the place of what was taught, which is not put to use; a running reply goes on.
    func answer(_ messages: [PromptMessage], taught path: String, maximumTokens: Int = 80) async throws -> [TokenRecord]
    {
        let (current, old) = current
        guard let engine = current else { return [] }
        let trial = engine.with(
            engine.plugins(taught: try LoadedPlugin(path: path, for: engine.base), insteadOf: old))
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
