import Chat

/// What every command writes for other programs.
typealias JSON = Chat.JSON
