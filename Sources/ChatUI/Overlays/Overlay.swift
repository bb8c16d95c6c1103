import Screen

/// What became of a key that an open overlay was given.
enum OverlayOutcome {
    /// The overlay has used the key and stays.
    case stay([Effect] = [])
    /// The overlay closes.
    case close([Effect] = [])
    /// Another overlay takes its place.
    case open(any OverlayView, [Effect] = [])
    /// The overlay stays, and the key does what it does without one.
    case handOn
    /// The overlay closes, and the key does what it does without one.
    case closeAndHandOn([Effect] = [])
}

/// Where an overlay stands.
enum OverlayPlacement: Sendable, Equatable {
    /// Over the whole conversation.
    case whole
    /// Beside the conversation, in place of the side panels, or below it in this many rows where the window is narrow.
    case beside(rows: Int)
}

/// Something over the conversation that gets every key first: the help, a picker, the inspector. A small value in
/// `State.overlay`; it never covers title, legend and key bar.
protocol OverlayView: Sendable {
    /// Where it stands.
    var placement: OverlayPlacement { get }

    /// Its own keys for the key bar; empty for the conversation's.
    var keyBar: [(key: String, word: String)] { get }

    /// Applies a key. The overlay itself is replaced by what it has become, so `state.overlay` is left alone here.
    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome

    /// Applies a click inside of it; `region` is `Regions.overlay`.
    mutating func click(_ point: Point, _ region: Region, _ state: inout State) -> OverlayOutcome

    /// Draws it; `region` is `Regions.overlay`.
    func render(_ state: State, _ region: Region, into frame: inout Frame)
}

extension OverlayView {
    var placement: OverlayPlacement { .whole }
    var keyBar: [(key: String, word: String)] { [] }
    mutating func click(_ point: Point, _ region: Region, _ state: inout State) -> OverlayOutcome { .stay() }
}

extension State {
    /// Gives a key to the open overlay; it is not taken where there is none, or where it is to do what it does without one.
    mutating func pressInOverlay(_ key: Key) -> (effects: [Effect], isTaken: Bool) {
        inOverlay { $0.press(key, &$1) }
    }

    /// Gives a click to the open overlay, in whose region it is.
    mutating func clickInOverlay(_ point: Point, _ region: Region) -> [Effect] {
        inOverlay { $0.click(point, region, &$1) }.effects
    }

    private mutating func inOverlay(
        _ act: (inout any OverlayView, inout State) -> OverlayOutcome
    ) -> (effects: [Effect], isTaken: Bool) {
        guard var view = overlay else { return ([], false) }
        let outcome = act(&view, &self)
        overlay = view
        switch outcome {
        case .stay(let effects): return (effects, true)
        case .handOn: return ([], false)
        case .open(let next, let effects):
            overlay = next
            return (effects, true)
        case .close(let effects):
            overlay = nil
            return (effects, true)
        case .closeAndHandOn(let effects):
            overlay = nil
            return (effects, false)
        }
    }
}
