import Testing
import Training

@Suite struct PassagesTests {
    /// Everything but white space, to compare what was split with what came out.
    private func letters(_ text: String) -> [Character] { text.filter { !$0.isWhitespace } }

    @Test func joinsShortParagraphsAndKeepsThemWhole() {
        let text = "One.\n\nTwo.\r\n \r\nThree\nlines.\n\n\n"
        #expect(Passages.split(text, targetLength: 100) == ["One.\n\nTwo.\n\nThree\nlines."])
        #expect(Passages.split(text, targetLength: 12) == ["One.\n\nTwo.", "Three\nlines."])
    }

    @Test func cutsLongParagraphsAfterSentences() {
        let text = "The first sentence is here. The second one follows! Does a third? Yes"
        #expect(
            Passages.split(text, targetLength: 40) == [
                "The first sentence is here.", "The second one follows! Does a third?", "Yes",
            ])
    }

    @Test func cutsBetweenWordsAndAtLastBetweenCharacters() {
        #expect(Passages.split("alpha beta gamma", targetLength: 11) == ["alpha beta", "gamma"])
        #expect(Passages.split("abcdefghij", targetLength: 4) == ["abcd", "efgh", "ij"])
        #expect(Passages.split("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", targetLength: 3).count == 2)
    }

    @Test func blankTextHasNoPassages() {
        #expect(Passages.split("").isEmpty)
        #expect(Passages.split(" \n\n\t\r\n ").isEmpty)
    }

    @Test func losesAndRepeatsNothing() {
        var state: UInt64 = 3
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let alphabet: [Character] = ["a", "é", "語", ".", "!", " ", " ", "\n", "\n", "🙂", "\t"]
        for _ in 0..<200 {
            let text = String((0..<random(400)).map { _ in alphabet[random(alphabet.count)] })
            let length = 1 + random(60)
            let passages = Passages.split(text, targetLength: length)
            #expect(passages.flatMap(letters) == letters(text))
            #expect(passages.allSatisfy { !$0.allSatisfy(\.isWhitespace) })
            // A single character may be longer than the length asked for, joined paragraphs are not.
            #expect(passages.allSatisfy { $0.utf8.count <= max(length + 2, 4) })
        }
    }
}
