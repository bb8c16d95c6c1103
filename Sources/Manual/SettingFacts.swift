import ChatUI
import SPAEngine

extension Setting {
    /// The table of settings. Defaults that the program has as numbers come from there.
    var facts: SettingFacts {
        let chat = ChoiceOfTokens.varied.sampling
        return switch self {
        case .model:
            SettingFacts(
                "the base model", "The base model, a GGUF file of the Llama or Qwen family.",
                Purpose("open another base model, a GGUF file", "use another base model", "open another GGUF model"),
                default: "the one that set-up installs", example: "\"~/models/other.gguf\"")
        case .plugin:
            SettingFacts(
                "the plugin's file", "The side plugin, or 'off' for the base alone.",
                Purpose(
                    "open another side plugin, or none", "start with a plugin of your own", "start without a plugin"),
                default: "the one that set-up installs", example: "\"~/mine.gguf\"")
        case .taught:
            SettingFacts(
                "the taught plugin", "The plugin beside it, which holds what you taught, or 'off'.",
                Purpose(
                    "open the plugin with what you taught, or none", "do without what you taught",
                    "leave out what you taught"),
                default: "that of /teach, in chat and run", example: "\"off\"")
        case .context:
            SettingFacts(
                "the context", "Tokens that prompt and answer may have together.",
                Purpose(
                    "limit the tokens of prompt and answer together", "get a longer context", "enlarge the context"),
                default: "4096; 2048 to evaluate and for perplexity", example: "8192")
        case .threads:
            SettingFacts(
                "the number of threads", "Threads to compute with.",
                Purpose("set how many threads compute", "use fewer cores", "compute with two threads"),
                default: "one a core", example: "2")
        case .system:
            SettingFacts(
                "the system prompt", "Instructions before the conversation.",
                Purpose("give instructions before the conversation"), default: "none", example: "\"Answer briefly.\"")
        case .raw:
            SettingFacts(
                "raw text", "Give the model the text as it stands, without a chat template.",
                Purpose(
                    "give the model the text without a chat template", "do without the chat template",
                    "leave out the chat template"),
                default: "off", shows: false, example: "true")
        case .theme:
            SettingFacts(
                "the theme", "Colours: dark, light, sixteen, colour-blind, monochrome, or a theme of your own.",
                Purpose("choose the theme to begin with"), default: "dark or light, as the terminal is", shows: false,
                example: "\"light\"")
        case .mouse:
            SettingFacts(
                "the mouse", "The wheel scrolls, and clicks do what they point at; selecting text then needs Shift.",
                Purpose(
                    "let the wheel scroll and clicks do what they point at", "use the mouse", "scroll with the wheel"),
                default: "off", shows: false, example: "true")
        case .mode:
            SettingFacts(
                "the mode", "Who speaks: 'gated' lets the gate choose, 'base' or 'side' is that path always.",
                Purpose("set who speaks: gated, base or side"), default: "gated", shows: false, example: "\"gated\"")
        case .threshold:
            SettingFacts(
                "the threshold", "The side speaks where the gate's probability is greater.",
                Purpose("set the gate's probability above which the side speaks"), default: "0.5", example: "0.6")
        case .price:
            SettingFacts(
                "the price", "What a transmission must earn.", Purpose("set what a transmission must earn, in nats"),
                default: "the plugin's own", example: "0.3")
        case .network:
            SettingFacts(
                "the network",
                "A network to simulate between base and side: off, lan, wifi, 4g, satellite, or for example 'rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit,seed=1'; 'offline' is no link at all, so that the base answers alone.",
                Purpose("simulate a network between base and side"), default: "off", shows: false, example: "\"4g\"")
        case .deadline:
            SettingFacts(
                "the deadline", "The longest wait for a side token, such as 200ms; then the base's token is taken.",
                Purpose("set the longest wait for a side token from the start"), default: "off", example: "\"200ms\"")
        case .repeatPenalty:
            SettingFacts(
                "the repeat penalty", "Makes the reply's last 64 tokens less probable.",
                Purpose(
                    "make the reply's last 64 tokens less probable", "punish repeated tokens", "penalise repeated words"
                ),
                default: "\(chat.repeatPenalty) in chat and run, else 1, no", example: "1.1")
        case .dry:
            SettingFacts(
                "the DRY penalty", "Makes tokens less probable that would repeat what the reply has said.",
                Purpose(
                    "make tokens less probable that would repeat what was said", "avoid repeated phrases",
                    "keep the model from saying the same again"),
                default: "\(chat.dry.multiplier) in chat and run, else 0, no", example: "0.8")
        case .dryBase:
            SettingFacts(
                "the base of DRY", "How many times more each further repeated token costs.",
                Purpose("set how many times more each further repeated token costs"), default: "\(chat.dry.base)",
                example: "2")
        case .dryLength:
            SettingFacts(
                "the length of DRY", "Tokens that may be repeated for nothing.",
                Purpose("set how many tokens may be repeated for nothing"), default: "\(chat.dry.allowedLength)",
                example: "4")
        case .dryWindow:
            SettingFacts(
                "the window of DRY", "How far back a repetition is looked for, in tokens.",
                Purpose("set how far back a repetition is looked for, in tokens"), default: "\(chat.dry.window)",
                example: "512")
        case .sideTemperature:
            SettingFacts(
                "the side temperature", "The temperature of the side's tokens, which are never penalised.",
                Purpose(
                    "set the temperature of the side's tokens", "draw the side's words as well", "vary the side's words"
                ),
                default: "0", example: "0.3")
        case .repeatStop:
            SettingFacts(
                "the repeat stop", "End a reply that repeats a block of words three times, and keep one copy.",
                Purpose(
                    "end a reply that repeats a block of words three times", "switch the repeat stop off"),
                default: "on in chat and run, else off", example: "\"off\"")
        case .temperature:
            SettingFacts(
                "the temperature", "0 takes the most probable token always; more gives more variety.",
                Purpose(
                    "set how much the base's words vary, 0 for not at all", "get greedy answers",
                    "get more varied answers",
                    "make the answers always the same"),
                default: "\(chat.temperature) in chat and run, else 0", example: "0.7")
        case .topK:
            SettingFacts(
                "top-k", "Only the k most probable tokens.", Purpose("keep only the k most probable tokens"),
                default: "0, all", example: "40")
        case .topP:
            SettingFacts(
                "top-p", "Only the most probable tokens that hold this share.",
                Purpose("keep only the most probable tokens that hold a share of probability"), default: "1, all",
                example: "0.9")
        case .minP:
            SettingFacts(
                "min-p", "Only tokens with this share of the best one's probability.",
                Purpose("keep only tokens with a share of the best token's probability"),
                default: "\(chat.minP) in chat and run, else 0, all", example: "0.05")
        case .beams:
            SettingFacts(
                "the number of beams", "Texts that are continued side by side, to find the most probable answer.",
                Purpose(
                    "continue several texts side by side to find the most probable answer", "use beam search",
                    "search with beams"),
                default: "1", example: "4")
        case .lengthPenalty:
            SettingFacts(
                "the length penalty", "With beams: answers are ranked by log p / length^A; more favours long ones.",
                Purpose(
                    "set how much beams favour long answers", "get longer answers from beams", "favour long answers"),
                default: "1", example: "1.2")
        case .earlyStop:
            SettingFacts(
                "the early stop",
                "With beams: stop when no better answer is likely, with the first answers, or when it is certain.",
                Purpose("set when beams stop searching: likely, first or certain"), default: "likely",
                example: "\"first\"")
        case .seed:
            SettingFacts(
                "the seed", "The same seed gives the same text.",
                Purpose(
                    "set the seed, so that the same seed gives the same text", "draw other words",
                    "repeat a drawn answer"),
                default: "0", example: "7")
        case .maxTokens:
            SettingFacts(
                "the longest answer", "The longest answer, in tokens.",
                Purpose("limit the length of an answer in tokens", "get shorter answers", "allow longer answers"),
                default: "512", example: "200")
        }
    }
}
