import SPAEngine
import TestSupport
import Testing
import Tokenizer

/// What is decided once an answer, on words alone: the tiny model's states say nothing.
@Suite struct AnswerPlannerTests {
    private let fixture: GenerationFixture
    private let reader: QuestionReader

    init() throws {
        fixture = try GenerationFixture()
        reader = QuestionReader(base: fixture.base, tokenizer: fixture.tokenizer, template: .chatML)
    }

    private let home = QuestionGate(facts: [
        TaughtFact(questions: ["What is my dog called?"], answer: "Your dog is called Waldemar."),
        TaughtFact(questions: ["Where does my sister live?"], answer: "Your sister lives in Ghent."),
        TaughtFact(questions: ["How do I raise the price?"], answer: "To raise the price, press F6."),
        TaughtFact(
            questions: ["And when is it cleaned?"], answer: "It is cleaned on Friday.",
            earlier: "Where is the oven of my kitchen?"),
    ])

    private func planner(_ gates: QuestionGate?...) -> AnswerPlanner {
        let plugins = gates.map { gate in
            var plugin = fixture.plugin()
            plugin.questions = gate
            return plugin
        }
        return AnswerPlanner(reader: reader, plugins: plugins)
    }

    private func user(_ text: String) -> Message { Message(role: .user, content: text) }
    private func assistant(_ text: String) -> Message { Message(role: .assistant, content: text) }

    @Test(arguments: [
        ("What is my dog called?", "What is my dog called?"), ("What's my dog's name?", "What is my dog called?"),
        ("Thanks! One more thing: what is the name of my dog?", "What is my dog called?"),
        ("I forgot where my sister lives.", "Where does my sister live?"),
        ("In which city does my sister live?", "Where does my sister live?"),
    ])
    func aTaughtQuestionIsReadAloneInTheWordsInWhichItWasTaught(asked: String, taught: String) throws {
        let system = Message(role: .system, content: "Be brief.")
        let talk = [system, user("Who are you?"), assistant("A chat."), user(asked)]
        let plan = try planner(home).plan(talk)
        #expect(plan.messages == [system, user(taught)] && plan.speaker == 0 && !plan.isWhole)
        #expect(try #require(plan.subject) > 0.5)
        // In turn 3 as in turn 1.
        #expect(try planner(home).plan([system, user(asked)]).subject == plan.subject)
    }

    @Test(arguments: [
        "What is my cat called?", "Where does my brother live?", "What do dogs eat?", "Who are you?", "Tell me a joke.",
        "What is your dog called?", "Write one sentence about spring.", "", "?", "日本の首都はどこですか",
    ])
    func anythingElseIsTheBasesWithTheWholeConversation(asked: String) throws {
        let talk = [user("What is my dog called?"), assistant("Your dog is called Waldemar."), user(asked)]
        let plan = try planner(home).plan(talk)
        #expect(plan.messages == talk && plan.isWhole)
        // A speaker for whoever lets the side write everything; the gate lets it write nothing.
        #expect(plan.speaker == 0 && (plan.subject ?? 1) <= 0.5)
    }

    @Test func aQuestionThatRefersBackIsReadAsTheOneThatStandsForIt() throws {
        let talk = [user("How do I lower the price?"), assistant("Press F5."), user("And how do I raise it?")]
        #expect(try planner(home).plan(talk).messages == [user("How do I raise the price?")])
    }

    @Test func aFollowUpThatWasTaughtKeepsTheTurnBeforeIt() throws {
        let before = [user("Where is the oven of my kitchen?"), assistant("In the corner.")]
        let plan = try planner(home).plan(
            [user("Hello!"), assistant("Hi.")] + before + [user("And when is it cleaned?")])
        #expect(plan.messages == before + [user("And when is it cleaned?")] && !plan.isWhole)
        let other = [user("Where is my car?"), assistant("Outside."), user("And when is it cleaned?")]
        #expect(try planner(home).plan(other).isWhole)
    }

    @Test func theNearestOfSeveralPluginsSpeaks() throws {
        let program = QuestionGate(facts: [
            TaughtFact(questions: ["What does F2 do?"], answer: "F2 turns the network on and off.")
        ])
        let both = planner(program, home)
        #expect(try both.plan([user("What does F2 do?")]).speaker == 0)
        #expect(try both.plan([user("What is my dog called?")]).speaker == 1)
        // One that decides token by token has the rest.
        let mixed = planner(home, nil)
        #expect(try mixed.plan([user("What is my dog called?")]).speaker == 0)
        let rest = try mixed.plan([user("Who are you?")])
        #expect(rest.speaker == 1 && rest.subject == nil)
    }

    @Test func withoutQuestionGateThePluginDecidesTokenByToken() throws {
        let talk = [user("Who are you?"), assistant("A chat."), user("What is my dog called?")]
        #expect(try planner(nil).plan(talk) == AnswerPlan(messages: talk))
        #expect(try planner().plan(talk) == AnswerPlan(messages: talk, speaker: nil))
        #expect(try planner(home).plan([]) == AnswerPlan(messages: []))
    }

    @Test func readingAQuestionLeavesNoTraceOfTheOneBefore() throws {
        let first = try reader.state("the cat is on the mat")
        _ = try reader.state("a dog")
        #expect(try reader.state("the cat is on the mat") == first)
        #expect(try reader.state("") == nil)
        #expect(try reader.state(String(repeating: "the cat ", count: 400)) == nil)
    }

    @Test func whatAnAnswerGainsDoesNotDependOnWhatIsReadBesideIt() throws {
        let answers = ["it is on the mat", "a dog", ""]
        let question = "where is the cat?"
        let together = try reader.gains(of: answers, after: question)
        let alone = try answers.map { try reader.gains(of: [$0], after: question)[0] }
        #expect(together == alone && together.map { $0 == nil } == [false, false, true])
        #expect(try reader.gains(of: answers, after: "a dog") != together)
        #expect(try reader.gains(of: answers, after: question) == together)
        #expect(try reader.gains(of: answers, after: String(repeating: "the cat ", count: 400)) == [nil, nil, nil])
        // After the question that every gain is measured against nothing is gained.
        #expect(try reader.gains(of: ["a dog"], after: QuestionReader.unrelated) == [0])
    }
}
