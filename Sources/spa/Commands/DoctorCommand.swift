import ArgumentParser
import ChatUI
import Compute
import FoundationEssentials
import SPAEngine
import Screen
import Store
import Terminal

/// `spa doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what terminal, model, plugin and machine can do.",
        discussion: "Ends with 1 where something keeps the chat from working, and says what to do.")

    @Flag(help: "The actions that [keys] in the configuration file can bind, with their keys.")
    var keys = false
    @Flag(help: "One JSON object.")
    var json = false
    @OptionGroup var shared: SharedOptions

    func run() throws {
        if keys { return Self.showKeys() }
        var findings = Self.terminal(TerminalFacts.read())
        do {
            let settings = try shared.settings(.greedy, Settings.Defaults(usesTaught: true))
            findings += Self.files(settings) + Self.machine(settings) + Self.engine(settings)
        } catch {
            findings.append(Finding("settings", "\(error)", .broken))
        }
        if json {
            Standard.line(JSON.object(findings.map { ($0.name.replacing(" ", with: "_"), $0.json) }).text)
        } else {
            let width = findings.map(\.name.count).max() ?? 0
            for finding in findings {
                let padding = String(repeating: " ", count: width - finding.name.count + 2)
                Standard.line("\(finding.state.mark)  \(finding.name)\(padding)\(finding.text)")
            }
        }
        if findings.contains(where: { $0.state == .broken }) { throw ExitCode(1) }
    }

    /// One line.
    struct Finding {
        enum State: String {
            case good, limited, broken

            /// A word each, so that nothing is said by a colour or a sign alone.
            var mark: String {
                switch self {
                case .good: "ok   "
                case .limited: "note "
                case .broken: "BAD  "
                }
            }
        }

        let name: String
        let text: String
        let state: State

        init(_ name: String, _ text: String, _ state: State = .good) {
            self.name = name
            self.text = text
            self.state = state
        }

        var json: JSON { .object([("state", .string(state.rawValue)), ("text", .string(text))]) }
    }

    static func terminal(_ facts: TerminalFacts) -> [Finding] {
        guard facts.isTerminal else {
            return [Finding("terminal", "none: input or output is a pipe or a file; spa chat needs one", .limited)]
        }
        var findings: [Finding] = []
        let through = facts.between.isEmpty ? "" : ", inside " + facts.between.joined(separator: " and ")
        switch facts.colours {
        case nil:
            findings.append(
                Finding(
                    "terminal", "“\(facts.type)” is not in the terminal database; set TERM, such as xterm-256color",
                    .broken))
        case let colours?:
            let text =
                "\(facts.type), \(colours == 0 ? "no colours: underlines tell the paths apart" : "\(colours) colours")"
            findings.append(Finding("terminal", text + through, colours < 16 ? .limited : .good))
        }
        if let size = facts.size {
            let text = "\(size.columns)x\(size.rows)"
            if size.columns < smallestSize.columns || size.rows < smallestSize.rows {
                findings.append(
                    Finding("window", "\(text): the chat needs \(smallestSize.columns)x\(smallestSize.rows)", .broken))
            } else {
                let panels = size.columns >= 100 ? "side panels fit" : "100 columns would show the side panels"
                findings.append(Finding("window", "\(text); \(panels)"))
            }
        }
        findings.append(
            facts.isUTF8
                ? Finding("text", "UTF-8")
                : Finding("text", "no UTF-8 locale is installed: wide and accented letters cannot be shown", .limited))
        if facts.between.contains("tmux") {
            findings.append(
                Finding("clipboard", "in tmux it needs 'set -g set-clipboard on' (Ctrl-Y copies by OSC 52)", .limited))
        } else {
            findings.append(Finding("clipboard", "Ctrl-Y copies by OSC 52, where the terminal allows it"))
        }
        return findings
    }

    private static func files(_ settings: Settings) -> [Finding] {
        let paths = settings.paths
        let configuration = paths.configurationFile
        var findings = [
            Finding(
                "settings", Paths.exists(configuration) ? configuration : "defaults; \(configuration) would change them"
            )
        ]
        let (_, warnings) = KeyMap.with(settings.keys.map { ($0.key, $0.value) })
        for warning in warnings { findings.append(Finding("keys", warning, .limited)) }
        let themes = ThemeFile.load(directories: paths.themes)
        for warning in themes.warnings { findings.append(Finding("themes", warning, .limited)) }
        let names = (themes.themes.isEmpty ? [builtinTheme] : themes.themes).map(\.name)
        if let theme = settings.theme, !names.contains(theme) {
            findings.append(
                Finding("themes", "there is no theme “\(theme)”: \(names.joined(separator: ", "))", .limited))
        }
        findings.append(
            Finding("conversations", Paths.exists(paths.conversations) ? paths.conversations : "none kept yet"))
        findings.append(Finding("log", paths.log))
        return findings
    }

    private static func machine(_ settings: Settings) -> [Finding] {
        let memory = (try? Files.text("/proc/meminfo"))?.split(separator: "\n").first { $0.hasPrefix("MemAvailable") }
            .flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Double($0) } }
        return [
            Finding(
                "machine",
                "\(settings.threads) of \(Settings.cores) cores, \(MachineLimits.instructions)"
                    + (memory.map { ", \(Figures.text($0 / 1_048_576, 1)) GiB of memory free" } ?? ""))
        ]
    }

    private static func engine(_ settings: Settings) -> [Finding] {
        let engine: LoadedEngine
        do {
            engine = try LoadedEngine.load(settings, usesPlugin: false)
        } catch {
            return [Finding("model", "\(error)", .broken)]
        }
        let base = engine.base
        let sizes = base.configuration
        var findings = [
            Finding(
                "model",
                "\(base.name): \(sizes.blockCount) blocks of \(sizes.width), \(sizes.vocabularySize) tokens, context \(engine.contextLength) of \(sizes.contextLength)"
            )
        ]
        var plugin: Plugin?
        if let path = settings.plugin {
            do {
                let found = try Plugin.load(path: path, for: base)
                let gate =
                    found.gate == nil
                    ? "no gate: it writes every word" : "price \(Figures.text(Double(found.price))) nats"
                findings.append(
                    Finding("plugin", "\(path): \(found.facts.subject); \(found.method.rawValue), \(gate)"))
                plugin = found
            } catch {
                findings.append(Finding("plugin", "\(error)", settings.pluginWasGiven ? .broken : .limited))
            }
        } else {
            findings.append(Finding("plugin", "none: the base writes every word", .limited))
        }
        if let path = settings.taught, path != settings.plugin {
            do {
                let found = try Plugin.load(path: path, for: base)
                findings.append(
                    Finding("taught", "\(path): \(Figures.count(found.facts.rows, "row")), in chat and run"))
            } catch {
                findings.append(Finding("taught", "\(error)", settings.taughtWasGiven ? .broken : .limited))
            }
        }
        do {
            func speed(_ plugin: Plugin?, _ mode: GenerationMode) throws -> String {
                let generator = try BenchmarkGenerator(engine, plugin: plugin)
                _ = try generator.generate(8, after: 16)
                let summary = try generator.generate(33, after: 16, GenerationSettings(mode: mode))
                return Figures.text(summary.tokensPerSecond, 0)
            }
            let side = try plugin.map { ", \(try speed($0, .side)) by the plugin" } ?? ""
            findings.append(
                Finding(
                    "speed",
                    "\(try speed(nil, .base)) tokens/s by the base\(side) (32 tokens, as busy as the machine is now)"))
        } catch {
            findings.append(Finding("speed", "\(error)", .broken))
        }
        return findings
    }

    private static func showKeys() {
        let names = ActionID.allCases.map(\.name)
        let width = names.map(\.count).max() ?? 0
        for action in Action.all {
            let named = action.keys.compactMap(\.name)
            // Keys that write have no names.
            let keys = named.count < action.keys.count ? action.keyText : named.joined(separator: ", ")
            let padding = String(repeating: " ", count: width - action.id.name.count + 2)
            let rest = String(repeating: " ", count: max(1, 24 - keys.count))
            Standard.line(action.id.name + padding + keys + rest + action.help)
        }
    }
}
