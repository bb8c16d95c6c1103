import SPAEngine
import Testing

@Suite struct QuestionLikenessTests {
    private func words(_ text: String) -> ContentWords { ContentWords(text) { _ in 0.5 } }

    private func taught(_ question: String, _ answer: String) -> TaughtWords {
        TaughtWords(
            question: words(question), answer: words(answer),
            says: AnswerKinds(answer).beside(ContentWords.split(question)))
    }

    private func likeness(_ question: String, _ known: TaughtWords) -> QuestionLikeness {
        QuestionLikeness(words(question), taught: known)
    }

    @Test(arguments: [
        ("What's my dog's name?", ["what", "my", "dog", "name"]), ("Press Alt-K, now", ["press", "alt-k", "now"]),
        ("alt k", ["alt-k"]), ("Control P", ["ctrl-p"]), ("/teach list", ["/teach", "list"]),
        ("at 9:30.", ["at", "9:30"]),
        ("the half-past train", ["the", "half-past", "train"]), ("", []), ("?!", []),
    ])
    func textIsSplitIntoWords(text: String, expected: [String]) {
        #expect(ContentWords.split(text) == expected)
    }

    @Test(arguments: [
        ("dogs", "dog"), ("lives", "live"), ("swimming", "swim"), ("cities", "city"), ("was called", "was called"),
        ("taught", "teach"), ("is", "is"), ("glass", "glass"), ("boxes", "box"),
    ])
    func formsOfAWordHaveOneStem(a: String, b: String) {
        #expect(WordStem.of(a) == WordStem.of(b))
    }

    @Test func synonymsAreAlikeAndWordsOfOneKindExcludeEachOther() {
        func word(_ text: String) -> ContentWord { ContentWord(text, weight: 1) }
        #expect(WordRelations.relation(word("dog"), word("dogs")).likeness == 1)
        #expect(WordRelations.relation(word("film"), word("movie")).likeness > 0.8)
        #expect(WordRelations.relation(word("dog"), word("cat")) == WordRelations.Relation(likeness: 0, excludes: true))
        #expect(
            WordRelations.relation(word("dog"), word("gate")) == WordRelations.Relation(likeness: 0, excludes: false))
    }

    @Test func noTwoWordsThatExcludeEachOtherMeanTheSameInTheCommonKinds() {
        for (a, b) in [
            ("dog", "cat"), ("brother", "sister"), ("tea", "coffee"), ("bus", "train"), ("mother", "father"),
        ] {
            let relation = WordRelations.relation(ContentWord(a, weight: 1), ContentWord(b, weight: 1))
            #expect(relation.excludes && relation.likeness == 0, "\(a), \(b)")
        }
    }

    @Test(arguments: [
        ("When do I fly?", AskedKind.time), ("How many hives do I have?", .number), ("Who has my key?", .person),
        ("Where is my key?", .place), ("Why did I move?", .reason), ("What is my dog called?", AskedKind()),
    ])
    func questionsAskForKinds(question: String, kind: AskedKind) {
        #expect(AskedKind.asked(by: ContentWords.split(question)) == kind)
    }

    @Test func answersSayKinds() {
        func said(_ answer: String, to question: String = "What is it?") -> AskedKind {
            AnswerKinds(answer).beside(ContentWords.split(question))
        }
        #expect(said("You fly on 3 July at 10:40.").isSuperset(of: [.time, .number]))
        #expect(said("Paulina swaps with you.", to: "Who swaps?").isDisjoint(with: [.time, .number]))
        #expect(said("It is your neighbour Marta.").contains(.person))
        #expect(!said("You like your steak well done.").contains(.time))
    }

    @Test func oneWordForAnotherIsFound() {
        func one(_ a: String, _ b: String) -> Bool { OneSubstitution.is(ContentWords.split(a), ContentWords.split(b)) }
        #expect(one("When do I hand in my essay?", "When do I hand in my thesis?"))
        #expect(one("And where does the band rehearse", "Where does the choir rehearse?"))
        #expect(!one("What is my dog called?", "What is my dog called?"))
        #expect(!one("When is the concert?", "What day is the concert?"))
        #expect(!one("Who fixes my bicycle?", "Who repairs my bike when it is broken?"))
        #expect(!one("", "What is my dog called?") && !one("Hello", "Goodbye then"))
    }

    @Test func whatIsAskedInOtherWordsIsLikeAndWhatIsNearIsNot() {
        let dog = taught("What is my dog called?", "Your dog is called Waldemar.")
        let same = QuestionGate.logit(likeness("What is the name of my dog?", dog))
        for near in [
            "What is my cat called?", "What breed is my dog?", "What do dogs eat?", "What is your dog called?",
        ] {
            #expect(QuestionGate.logit(likeness(near, dog)) < same - 1, "\(near)")
        }
        let flight = taught("When does our flight leave?", "Your flight leaves on 3 July at 10:40.")
        let hotel = taught("Which hotel did we book?", "You booked the Hotel Miramar.")
        #expect(likeness("When did we book the hotel?", hotel).asksUnsaid == 1)
        #expect(likeness("On what day does our flight leave?", flight).asksUnsaid == 0)
        #expect(!likeness("Tell me about the moon landing.", dog).isPossible)
    }

    @Test func likenessIsFiniteForAnyText() {
        var random = SystemRandomNumberGenerator()
        let letters = Array("what is my dog's ?!.:'-/ F2 ß 日 \n\t0")
        for _ in 0..<300 {
            func text() -> String {
                String((0..<Int.random(in: 0...30, using: &random)).map { _ in letters.randomElement() ?? " " })
            }
            let found = likeness(text(), taught(text(), text()))
            #expect(found.values.allSatisfy(\.isFinite) && (0...1.001).contains(found.covered))
        }
    }
}
