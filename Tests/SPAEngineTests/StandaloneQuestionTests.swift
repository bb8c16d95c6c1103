import TestSupport
import Testing
import SPAEngine

@Suite struct StandaloneQuestionTests {
    @Test(arguments: [
        // Whole questions, as they are asked of a plugin.
        "What does F2 do?", "What is my dog called?", "what is my dog called", "How do I quit?", "Who are you?",
        "What can you do?", "How are you?", "What is the price?", "my dog's name", "Where does my sister live?",
        "Explain how I train a plugin on my own notes.", "What does SPA stand for?", "Alt-K", "help",
        "Which key is faster, F2 or F3?", "Which is better, F2 or F3?", "In which year did Goethe die?",
        "Tell me a joke.", "Do you know who I am?", "What do dogs eat?", "Write a poem about rain.",
        // An "it" that means nothing.
        "What is it that F2 does?", "Is it raining?", "What time is it?", "What day is it today?",
        "Is it cold outside?",
        "Is it possible to change the colours?", "Is it true that cats sleep a lot?", "How far is it to Rome?",
        "How long does it take to train a plugin?", "Does it matter which key I press?", "How is it going?",
        "How's it going?", "Why is it that the sky is blue?", "Is it easy to train a plugin?", "It's my birthday!",
        "What is it like to be a bat?", "Is it okay if I ask something?", "Is it going to rain tomorrow?",
        // What the message itself explains.
        "What is the gate and how does it work?", "What is gold, and why is it expensive?",
        "My dog is ill. What do I give him?", "Who wrote Faust and when did he die?",
        "What do dogs eat when they are ill?",
        "I have a plugin. Where do I put it?", "When I press F2, what does it do?", "Does the dog like its food?",
        "Where is Rome, and what can I see there?", "Which plugin is the faster one?",
        // "that", "this", "one", "there" in other places.
        "Which is the key that stops the reply?", "Are there keys that stop the reply?", "Name animals that fly.",
        "How can I make sure that the side speaks?", "What is this program?", "What can I do in this chat?",
        "How does one train a plugin?", "Which one of my dogs is old?", "What is one plus one?",
        "Is there a key for help?",
        "What is there to see in Rome?", "What do they speak in Brazil?", "What do people do these days?",
        "Who else's", "What is the second key?", "Who was the first to fly?", "Use a list instead of a table.",
        // Words around the question.
        "Thanks! What does F2 do?", "That's great. What is the price?", "Got it. What does F3 do?",
        "Please tell me: What is my dog called?", "I would like to know: What is my dog called?",
        "So, what is my dog called?",
        "Do you know? What is my dog called?", "One more question. What is my dog called?", "Hello! What is the gate?",
        "What is my dog called? Answer briefly.", "OK so how do I quit the program?",
        "And what is the capital of Italy?",
        // Text that comes with it, and text in quotation marks.
        "Translate this: He sees it.", "Fix this sentence: they goes there", "What does \"that one\" mean in German?",
        "What does “it” refer to in grammar?",
        "", " ", "?", "Hello", "Thanks!", "Thank you", "Good morning", "日本の首都はどこですか", "ja",
    ])
    func standsAlone(_ question: String) {
        #expect(!StandaloneQuestion.refersBack(question))
    }

    @Test(arguments: [
        // Pronouns.
        "How do I change it to dark?", "And how do I lower it?", "What does it do?", "Can I turn it off?",
        "What is it?",
        "Where does she live?", "How old is he?", "What is its name?", "What are they?", "How do I stop them?",
        "Is it dark?", "How long does it take?", "Is it easy to change?", "How is it changed to dark?",
        "Does the side see it?", "What did Goethe say about it?", "Where does her sister live?", "Who made it?",
        "How do I change its colour?", "Can I use it on the phone?", "Is it possible to change it?",
        "Is it warm there?",
        // Demonstratives and words that stand for a noun.
        "How do I do that?", "What does that one do?", "Why is that?", "Is that right?", "How do I change that colour?",
        "What is this?", "How do I change this setting?", "What are those?", "Which one?", "Do I need one?",
        "Is there one for the network?", "How do I get there?", "What else?", "What else can I do?",
        "What happens then?", "What can I use instead?", "Does the same apply for F3?", "What is the second?",
        "And the other one?", "What do you mean?", "What have you just said?",
        // What leaves out what it asks about.
        "Why?", "Why not?", "How?", "When?", "How so?", "How much?", "How many?", "Since when?", "By whom?",
        "What for?",
        "Really?", "Are you sure?", "Can you?", "How do I?", "Tell me more.", "More", "Go on", "Continue.",
        "Can you give me an example?", "Explain.", "Is there another way?", "What about my cat?", "How about F3?",
        "And F3?", "And in winter?", "And how long?", "And how do I quit?", "Or with the mouse?", "But why?",
        "Then what?",
        "In Berlin?", "For cats?", "F3?", "My cat?", "Translate to French.", "Summarise in one sentence.",
        "Which is faster?", "Shorter, please.", "Yes", "No.", "Yes please", "If so, how do I quit?",
        // Words around it.
        "Thanks! How do I change it?", "Great, and how do I change it?", "OK, why?", "Thanks. Why?",
        "Please tell me: what does it do?", "Do you know what it does?", "Thank you! And for cats?",
        "Hello! Where does she live?", "That’s great. But why?", "What’s that?",
    ])
    func refersBack(_ question: String) {
        #expect(StandaloneQuestion.refersBack(question))
    }

    @Test func anyTextIsDecided() {
        var random = TestRandom(seed: 14)
        let parts = [
            "it", "that", "one", "?", ":", "\"", "’s", "n't", " ", "the", "is", "\n", "🙂", "\u{0}", ",", "F2", ".",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                parts.randomElement(using: &random) ?? ""
            }.joined(separator: Bool.random(using: &random) ? " " : "")
            _ = StandaloneQuestion.refersBack(text)
        }
    }
}
