import Chat
import Screen

/// Everything that can happen to the chat.
public enum Event: Sendable, Equatable {
    /// A key was pressed.
    case key(Key)
    /// The window has another size.
    case resize(Size)
    /// The time, in milliseconds of a clock that never goes back; sent before the events of one wake-up.
    case tick(milliseconds: Double)
    /// The engine is loading; the text says what.
    case loading(String)
    /// The engine can answer.
    case engineReady(EngineInfo)
    /// The engine will not come: the text says why and what to do.
    case engineFailed(String)
    /// The engine has begun to read the prompt of this many tokens.
    case replyStarted(promptTokens: Int)
    /// Reading the prompt took exchanges with the plugin.
    case promptRead(PromptExchanges)
    /// Milliseconds from the request to the first token, as the engine measured them.
    case firstToken(milliseconds: Double)
    /// A token of the reply.
    case token(TokenRecord)
    /// So many of the last tokens are no part of the reply any more.
    case retracted(Int)
    /// The reply is complete.
    case replyEnded(StopReason)
    /// The reply ended by an error; the text says what to do.
    case failed(String)
    /// Something worth a line, such as a saved file.
    case notice(String)
    /// Something that did not work, such as a file that cannot be written; a running reply goes on.
    case warning(String)
    /// What whoever trains tells.
    case teaching(TeachingEvent)
    /// The plugins that are there.
    case plugins([PluginEntry])
    /// Another plugin, or none, is used from the next reply on.
    case pluginChanged(EngineInfo)
    /// The draft as it was left outside of the chat.
    case edited(String)
    /// A whole message or command, in place of the draft: what a chat without a window reads.
    case submitted(String)
    /// The reply is to end, its text stays: Ctrl-C where there is no window, whatever key does it in one.
    case stop
    /// The engine uses another network now.
    case networkChanged(NetworkStatus)
    /// The engine uses another mode now.
    case modeChanged(PluginMode)
    /// The engine uses another price now, in nats.
    case priceChanged(Double)
    /// The engine uses another threshold now.
    case thresholdChanged(Double)
    /// An answer to the instrument.
    case instrument(InstrumentEvent)
    /// Something that was recorded happens again.
    case replayed(TraceLine)
    /// A replay has jumped: it stands after these lines of its trace, the first one on.
    case replayJumped([TraceLine])
    /// The store of conversations says something.
    case store(StoreEvent)
}

/// What the chat asks the outside to do.
public enum Effect: Sendable, Equatable {
    /// Answer this conversation; its last message is the new one.
    case send([PromptMessage])
    /// Stop the running reply; `replyEnded(.cancelled)` follows.
    case stop
    /// Use this network: `off`, a preset, or a description in the form of `--network`.
    case setNetwork(String)
    /// Use the plugin so, from the next token on.
    case setMode(PluginMode)
    /// Use this price in nats, from the next token on.
    case setPrice(Double)
    /// Use this threshold, from the next token on.
    case setThreshold(Double)
    /// Sample the next replies from this seed.
    case setSeed(UInt64)
    /// Draw with `State.theme`, which has this name.
    case setTheme(String)
    /// Begin with this the next time.
    case remember(Choice)
    /// Write this text to a file, and answer with `notice` or `warning`.
    case save(path: String, text: String)
    /// Record what happens from now on into a new file; nil ends it. `notice` or `warning` answers.
    case record(path: String?)
    /// Give this to the store of conversations; what it answers comes as `Event.store`.
    case store(StoreRequest)
    /// Train in the background.
    case teaching(TeachingRequest)
    /// Answer with `plugins`.
    case listPlugins
    /// Use the plugin of this file, none where nil; `pluginChanged` or `warning` answers.
    case usePlugin(String?)
    /// Put this into the clipboard.
    case copy(String)
    /// Let the person write this draft in an editor of theirs; `edited` answers, or `warning`.
    case editOutside(String)
    /// Work for the instrument, beside the conversation.
    case instrument(InstrumentEffect)
    /// Do this with the replay.
    case replay(ReplayRequest)
    /// Draw the whole window again.
    case redraw
    /// Give the terminal back to the shell until the person returns.
    case suspend
    /// Leave.
    case quit
}

/// Something that a person chose in the chat and will want the next time, unless they say otherwise.
public enum Choice: Sendable, Equatable {
    /// How the plugin is used.
    case mode(PluginMode)
    /// A theme's name.
    case theme(String)
}
