import Screen

/// Which key does what: the table of actions, changed by the person's `[keys]`.
public struct KeyMap: Sendable, Equatable {
    private var actions: [Key: ActionID] = [:]
    /// Keys that write or move in a chat, and steer a replay while nothing is written.
    private var replay: [Key: ActionID] = [:]
    /// The keys of actions that the person has bound; none of the table's are theirs any more.
    private var bound: [ActionID: [Key]] = [:]

    /// The table as it is.
    public init() {
        for action in Action.all {
            for key in action.keys {
                if action.section == .replay {
                    replay[key] = action.id
                } else {
                    actions[key] = actions[key] ?? action.id
                }
            }
        }
    }

    /// The table with the person's bindings.
    /// - Parameter bindings: names of actions, each with names of keys; no key at all takes an action its keys.
    /// - Returns: the map, and a sentence for each binding that was not understood and is left out.
    public static func with(_ bindings: [(action: String, keys: [String])]) -> (map: KeyMap, warnings: [String]) {
        var map = KeyMap()
        var warnings: [String] = []
        var taken: [Key: String] = [:]
        for (name, keyNames) in bindings.sorted(by: { $0.action < $1.action }) {
            guard let id = ActionID.allCases.first(where: { $0.name == name }) else {
                warnings.append("[keys]: there is no action “\(name)”; spa doctor --keys lists them.")
                continue
            }
            var keys: [Key] = []
            for keyName in keyNames {
                guard let key = Key(name: keyName) else {
                    warnings.append("[keys] \(name): “\(keyName)” is no key, such as F2, Ctrl-T or Alt-x.")
                    continue
                }
                if key == .control("c"), id != .interrupt {
                    warnings.append("[keys] \(name): Ctrl-C always stops and quits.")
                } else if let other = taken[key] {
                    warnings.append("[keys] \(name): \(keyName) is already bound to \(other).")
                } else {
                    taken[key] = name
                    keys.append(key)
                }
            }
            if keys.isEmpty, !keyNames.isEmpty { continue }
            if id == .interrupt { keys.append(.control("c")) }
            map.actions = map.actions.filter { $0.value != id }
            map.replay = map.replay.filter { $0.value != id }
            map.bound[id] = keys
        }
        for (id, keys) in map.bound { for key in keys { map.actions[key] = id } }
        return (map, warnings)
    }

    /// What a key does; nil for keys that only write.
    /// - Parameter steering: a replay is played and nothing is written.
    public func action(of key: Key, steering: Bool = false) -> ActionID? {
        steering ? replay[key] ?? actions[key] : actions[key]
    }

    /// The keys of an action that still do it.
    public func keys(of action: Action) -> [Key] {
        (bound[action.id] ?? action.keys).filter { actions[$0] == action.id || replay[$0] == action.id }
    }

    /// The keys of an action for the help: the table's own words unless something was changed.
    public func text(of action: Action) -> String {
        let keys = keys(of: action)
        if bound[action.id] == nil, keys == action.keys { return action.keyText }
        return keys.compactMap(\.name).joined(separator: ", ")
    }

    /// Key and word in the key bar; nil where the action is not shown there or has no key.
    public func bar(of action: Action) -> (key: String, word: String)? {
        guard let bar = action.bar, let key = keys(of: action).first else { return nil }
        // Keys that write have no name of their own.
        return (bound[action.id] == nil && action.section == .replay ? bar.key : key.name ?? bar.key, bar.word)
    }
}

extension ActionID {
    /// Its name in `[keys]`: words with underscores.
    public var name: String {
        rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
