import ChatUI

/// Rows whose question refers back to the one before: "And how do I lower it?"
enum FollowUpRows {
    private struct FollowUp {
        let first, second: ActionID
        let training: [String]
        let heldOut: String
    }

    private static let all = [
        FollowUp(
            first: .priceUp, second: .priceDown, training: ["And how do I lower it?", "And how do I make it lower?"],
            heldOut: "And to lower it?"),
        FollowUp(
            first: .priceDown, second: .priceUp, training: ["And how do I raise it?"], heldOut: "And to raise it?"),
        FollowUp(
            first: .pageUp, second: .pageDown, training: ["And down?", "And how do I scroll down again?"],
            heldOut: "And down again?"),
        FollowUp(
            first: .versionBefore, second: .versionNext, training: ["And the next one?"],
            heldOut: "And the one after it?"),
        FollowUp(
            first: .replaySlower, second: .replayFaster, training: ["And how do I make it faster?"],
            heldOut: "And to make it faster?"),
        FollowUp(
            first: .copyAnswer, second: .copyCode,
            training: ["And only its code?", "And how do I copy only its code?"],
            heldOut: "And just the code of it?"),
        FollowUp(
            first: .newConversation, second: .conversations, training: ["And how do I get back to the old one?"],
            heldOut: "And how do I open the old one?"),
        FollowUp(
            first: .stop, second: .askAgain, training: ["And how do I have it answered again?"],
            heldOut: "And to get it answered again?"),
        FollowUp(
            first: .network, second: .preset, training: ["And how do I choose another one?"],
            heldOut: "And how do I change to another one?"),
        FollowUp(first: .wordLeft, second: .wordRight, training: ["And to the right?"], heldOut: "And right?"),
    ]

    static func rows(_ part: ManualRows.Part) -> [ManualRow] {
        var writer = RowWriter(part)
        for followUp in all {
            guard let first = Action.all.first(where: { $0.id == followUp.first }),
                let second = Action.all.first(where: { $0.id == followUp.second })
            else { continue }
            writer.ask(
                KeyRows.names(second)[0], byName: false, answer: KeyRows.howAnswer(second),
                after: .init(prompt: KeyRows.howQuestion(first), response: KeyRows.howAnswer(first)),
                training: followUp.training, heldOut: [followUp.heldOut])
        }
        return writer.rows
    }
}
