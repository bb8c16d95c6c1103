import ChatUI
import Screen
import Testing

@Suite struct KeyMapTests {
    @Test func everyKeyOfTheTableHasANameThatReadsBack() {
        // Keys that write steer a replay alone, and have no names.
        for action in Action.all where action.section != .replay {
            for key in action.keys {
                let name = key.name
                #expect(name != nil && name.flatMap { Key(name: $0) } == key, "\(action.id): \(key)")
            }
        }
    }

    @Test(arguments: [true, false])
    func noKeyDoesTwoThings(inReplay: Bool) {
        var seen: [Key: ActionID] = [:]
        for action in Action.all where (action.section == .replay) == inReplay {
            for key in action.keys {
                #expect(seen[key] == nil, "\(key) does \(action.id) and \(String(describing: seen[key]))")
                seen[key] = action.id
            }
        }
    }

    @Test func theKeysOfAReplayAreItsOwn() throws {
        let map = KeyMap()
        #expect(map.action(of: .left) == .left && map.action(of: .left, steering: true) == .replayBack)
        #expect(map.action(of: .character(" ")) == nil && map.action(of: .function(1), steering: true) == .help)
        let pause = try #require(Action.all.first { $0.id == .replayPause })
        #expect(map.text(of: pause) == "Space" && map.bar(of: pause)?.key == "Space")
        let (bound, warnings) = KeyMap.with([("replay_pause", ["Ctrl-K"])])
        #expect(warnings.isEmpty && bound.action(of: .control("k"), steering: true) == .replayPause)
        #expect(bound.action(of: .character(" "), steering: true) == nil && bound.bar(of: pause)?.key == "Ctrl-K")
    }

    @Test func everyActionIsInTheTableOnce() {
        #expect(Action.all.map(\.id).count == ActionID.allCases.count)
        #expect(Set(Action.all.map(\.id)) == Set(ActionID.allCases))
    }

    @Test(arguments: [
        "", "a", "F0", "F25", "Ctrl-", "Ctrl-xx", "Alt-", "Meta-x", "Ctrl-é", "F-1", "F99999999999999999999",
    ])
    func whatIsNoKeyHasNone(name: String) { #expect(Key(name: name) == nil) }

    @Test func aBindingTakesTheKeyFromWhoeverHadIt() {
        let (map, warnings) = KeyMap.with([("network", ["F7", "Ctrl-T"])])
        #expect(warnings.isEmpty)
        #expect(map.action(of: .function(7)) == .network && map.action(of: .control("t")) == .network)
        #expect(map.action(of: .function(2)) == nil, "its own key is free")
        let theme = Action.all.first { $0.id == .theme }
        #expect(theme.map { map.text(of: $0) } == "Alt-7", "what is left of the theme's keys")
        let network = Action.all.first { $0.id == .network }
        #expect(network.map { map.text(of: $0) } == "F7, Ctrl-T")
        #expect(network.flatMap { map.bar(of: $0)?.key } == "F7")
    }

    @Test func anActionCanLoseItsKeys() {
        let (map, warnings) = KeyMap.with([("theme", [])])
        #expect(warnings.isEmpty && map.action(of: .function(7)) == nil)
        #expect(Action.all.first { $0.id == .theme }.flatMap { map.bar(of: $0) == nil } == true)
    }

    @Test func ctrlCAlwaysStops() {
        let (map, warnings) = KeyMap.with([("interrupt", []), ("send", ["Ctrl-C"])])
        #expect(map.action(of: .control("c")) == .interrupt && warnings.count == 1)
        #expect(map.action(of: .enter) == .send, "a binding that was not understood changes nothing")
    }

    @Test func whatIsNotUnderstoodSaysWhy() {
        let (map, warnings) = KeyMap.with([
            ("fly", ["F2"]), ("help", ["Hyper-x"]), ("mode", ["F3"]), ("preset", ["F3"]),
        ])
        #expect(warnings.count == 3)
        #expect(warnings.contains { $0.contains("fly") } && warnings.contains { $0.contains("Hyper-x") })
        #expect(map.action(of: .function(3)) == .mode && map.action(of: .function(1)) == .help)
    }

    @Test func namesOfActionsAreWordsWithUnderscores() {
        #expect(ActionID.priceDown.name == "price_down" && ActionID.network.name == "network")
        #expect(Set(ActionID.allCases.map(\.name)).count == ActionID.allCases.count)
    }
}
