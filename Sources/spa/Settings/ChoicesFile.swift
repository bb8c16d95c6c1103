import ChatUI
import Store
import Synchronization

/// The file of what was chosen in the chat, `choices.json` in the state folder. A broken one is as good as none.
final class ChoicesFile: Sendable {
    private let path: String
    private let isWritten: Bool
    private let state: Mutex<(choices: Choices, notes: [String])>

    /// Reads the file, and forgets what is not there any more.
    /// - Parameter isWritten: false leaves the file as it is, for a chat of which nothing is kept.
    init(_ paths: Paths, isWritten: Bool) {
        path = paths.choices
        self.isWritten = isWritten
        var notes: [String] = []
        var choices = Choices()
        do {
            choices = try Self.read(path)
        } catch {
            notes.append("what was chosen last cannot be read and is forgotten (\(path))")
        }
        notes += choices.forgetMissing(Paths.exists)
        state = Mutex((choices, notes))
        if !notes.isEmpty { write(choices) }
    }

    /// What was chosen.
    var choices: Choices { state.withLock { $0.choices } }
    /// What a person should know of it.
    var notes: [String] { state.withLock { $0.notes } }

    /// Changes what was chosen. Another chat may have written meanwhile: of what it chose, the rest stays.
    func update(_ change: (inout Choices) -> Void) {
        state.withLock { state in
            let before = (try? Self.read(path)) ?? state.choices
            state.choices = before
            change(&state.choices)
            if state.choices != before { write(state.choices) }
        }
    }

    /// Takes a choice of the chat.
    func take(_ choice: Choice) {
        update { choices in
            switch choice {
            case .mode(let mode): choices.mode = mode.rawValue
            case .theme(let name): choices.theme = name
            }
        }
    }

    private static func read(_ path: String) throws -> Choices {
        Paths.exists(path) ? try Choices(reading: try Files.bytes(path)) : Choices()
    }

    /// The chat goes on where this does not work: what is lost is told by the log alone.
    private func write(_ choices: Choices) {
        guard isWritten else { return }
        do {
            try Files.write(try choices.text(), to: path, isPrivate: true)
        } catch {
            Log.shared.error("choices: \(error)")
        }
    }
}
