extension ActionID {
    /// What it is for.
    public var purpose: Purpose {
        switch self {
        // The conversation.
        case .send: Purpose("send your message", "send what you have typed", "ask your question", "submit the message")
        case .newLine:
            Purpose(
                "start a new line in your message", "write a message of several lines",
                "break the line without sending the message", "add another line to your message")
        case .stop:
            Purpose(
                "stop the reply", "stop the answer that is being written", "interrupt the reply", "end the answer early"
            )
        case .interrupt: Purpose("stop the reply, then *clear the line, then *quit")
        case .endOfInput:
            Purpose(
                "quit the chat", "quit spa", "leave this program", "quit", "exit the chat",
                condition: "on an empty line")
        case .newConversation:
            Purpose(
                "start a new conversation", "begin a fresh conversation", "begin anew", "open an empty conversation")
        case .copyAnswer:
            Purpose(
                "copy the last answer to the clipboard", "copy the answer", "put the last answer into the clipboard")
        case .copyCode:
            Purpose("copy the answer's last code block", "copy the code", "copy a code block to the clipboard")
        case .markTurn:
            Purpose(
                "mark the last answer as right, for /teach marked", "mark an answer as right",
                "mark a good answer for teaching", "mark the last answer")
        case .conversations:
            Purpose(
                "list all conversations", "open an old conversation", "delete a conversation",
                "go back to an earlier conversation", "see all your conversations")
        case .askAgain:
            Purpose("answer the last question again", "get another answer", "have the question answered again")
        case .editQuestion: Purpose("edit the last question", "change your last question", "correct a question")
        case .versionBefore:
            Purpose(
                "show the version before of an answer", "see the earlier version of an answer",
                "go to the version before")
        case .versionNext:
            Purpose(
                "show the next version of an answer", "see the later version of an answer", "go to the next version")
        // A replay.
        case .replayPause:
            Purpose("pause the replay or *let it go on", "pause a replay", "make a replay go on", "hold a replay")
        case .replayBack:
            Purpose("go back to the question before", "go back in a replay", "go back one question in a replay")
        case .replayNext:
            Purpose("go to the next question", "go forward in a replay", "skip to the next question in a replay")
        case .replaySlower: Purpose("make the replay slower", "slow a replay down", "play a replay more slowly")
        case .replayFaster: Purpose("make the replay faster", "speed a replay up", "play a replay faster")
        // Plugin and network.
        case .network:
            Purpose(
                "turn the simulated network on or off", "turn the network on", "switch the simulated network off",
                "simulate a network")
        case .preset:
            Purpose("choose the next network preset", "change to another network preset", "go on to the next network")
        case .mode:
            Purpose(
                "switch the plugin between gated, off and always", "turn the plugin off", "set the plugin to always",
                "let only the base speak")
        case .plugins: Purpose("choose another plugin", "change the plugin", "load a different plugin")
        case .priceDown:
            Purpose(
                "lower the price by 0.1 nats", "lower the price", "make the price smaller", "get more side tokens",
                "reduce the price")
        case .priceUp:
            Purpose(
                "raise the price by 0.1 nats", "raise the price", "make the price higher", "get fewer side tokens",
                "increase the price")
        case .nextSide:
            Purpose("inspect the next token of the side", "find the next side token", "jump to the side's next word")
        case .nextNear:
            Purpose(
                "inspect the next token near the threshold", "find a token near the threshold",
                "jump to the gate's next close decision")
        // The instrument.
        case .inspect:
            Purpose(
                "walk over the tokens of the answers in the inspector", "open the token inspector",
                "look at single tokens", "inspect a token")
        case .heat:
            Purpose(
                "colour the words by path, probability, expected gain or time",
                "change what the colours of the words say",
                "open the heat view", "colour the words by probability")
        case .explore:
            Purpose(
                "show usage against threshold and price", "open the curves of usage",
                "see how usage depends on the price")
        case .networkPanel:
            Purpose(
                "open the panel with the network's values", "open the network panel",
                "change the round trip of the network",
                "type in a bandwidth")
        case .compare:
            Purpose(
                "compare the answers of base, side and gate", "compare base and side",
                "see what the base alone would have answered")
        case .retime:
            Purpose(
                "compute the last answer's times on other networks", "see the times on other networks",
                "find out how long the answer takes on a satellite link")
        case .minimap:
            Purpose(
                "show where the side spoke in each answer", "open the map of side words", "see a map of the answers")
        case .ledger: Purpose("list what crossed the link", "open the ledger", "see how many bytes were sent")
        // The view.
        case .help: Purpose("open the help", "see all keys and commands", "list all keys", "get help")
        case .palette:
            Purpose(
                "find an action or a command by its name", "open the palette", "search for a command",
                "look up an action")
        case .theme:
            Purpose(
                "change to the next theme", "change the theme", "change the colours of the window", "get another theme")
        case .panels:
            Purpose("show or *hide the panels", "hide the panels", "bring the panels back", "remove the panels")
        case .reading:
            Purpose(
                "switch the reading view on or off", "open the reading view", "read without the gate's colours",
                "highlight code in colours")
        case .pageUp: Purpose("scroll up", "scroll back to older text", "see the text above")
        case .pageDown: Purpose("scroll down", "scroll forward", "see the text below")
        case .lineEndOrNewest:
            Purpose(
                "go to the end of the line, then to the newest text", "jump to the newest text",
                "get back to the newest text", "go to the end of your line")
        case .redraw: Purpose("draw the window again", "redraw the screen", "repair a garbled screen")
        case .suspend:
            Purpose(
                "go back to the shell until you type fg", "suspend the program", "suspend spa",
                "send this program to the background")
        // The draft.
        case .up:
            Purpose(
                "go a row up, or *bring back the message before", "bring back an earlier message",
                "get your last message back", "go a row up")
        case .down:
            Purpose(
                "go a row down, or *bring the message after", "go to the message after the one brought back",
                "go a row down")
        case .left: Purpose("move the cursor to the left", "go one letter to the left", "move left in your message")
        case .right: Purpose("move the cursor to the right", "go one letter to the right", "move right in your message")
        case .lineStart:
            Purpose(
                "move the cursor to the start of the line", "go to the start of the line",
                "jump to the line's beginning")
        case .wordLeft: Purpose("move the cursor a word to the left", "go back a word", "jump one word to the left")
        case .wordRight:
            Purpose("move the cursor a word to the right", "go forward a word", "jump one word to the right")
        case .deleteWord:
            Purpose("delete the word before the cursor", "delete a word", "remove the last word that you typed")
        case .deleteToStart:
            Purpose("delete to the start of the line", "delete everything before the cursor", "empty the line")
        case .deleteBackward:
            Purpose(
                "delete the letter before the cursor", "delete the last letter", "remove the letter that you typed last"
            )
        case .deleteForward:
            Purpose(
                "delete the letter after the cursor", "delete the next letter", "remove the letter after the cursor")
        case .complete:
            Purpose("complete a command", "complete the name of a slash command", "finish a command that you began")
        case .searchHistory:
            Purpose(
                "search the messages that you wrote before", "find a message that you wrote before",
                "search your history")
        case .editOutside:
            Purpose("write the message in $EDITOR", "write your message in another editor", "use your own editor")
        }
    }
}
