import ChatUI
import Manual
import Testing
import Training

@Suite struct ManualRowsTests {
    private static let everyRow = ManualRows.Part.allCases.flatMap(ManualRows.rows)

    /// A question with the one that it refers back to, as a person would hear it.
    private static func question(_ row: ManualRow) -> String {
        let text = (row.earlier.map { $0.prompt + " " } ?? "") + row.last.prompt
        return text.lowercased().filter { !$0.isWhitespace && !"?!\"".contains($0) }
    }

    @Test func everyKeyIsAskedByItsName() {
        for part in [ManualRows.Part.training, .heldOut] {
            // "Left" has another meaning in a replay.
            let rows = ManualRows.rows(part).filter { $0.isByName && !$0.last.prompt.contains("in a replay") }
            for action in Action.all where action.section != .replay {
                for key in action.keys.compactMap(\.name) {
                    let asked = rows.filter { $0.about.lowercased() == key.lowercased() }
                    #expect(!asked.isEmpty, "\(part): nobody asks what \(key) does")
                    #expect(
                        asked.allSatisfy { $0.last.response == "\($0.about) \(action.id.purpose.sentence)." }, "\(key)")
                }
            }
        }
    }

    @Test func everyActionIsSearchedByItsPurpose() {
        let answers = Set(ManualRows.rows(.training).filter { !$0.isByName }.map(\.last.response))
        for action in Action.all where action.id != .interrupt {
            #expect(!action.id.purpose.ways.isEmpty, "\(action.id) is looked for in no words")
            let deed = action.id.purpose.deed.infinitive
            #expect(answers.contains { $0.hasPrefix("To \(deed)") && $0.contains("press ") }, "\(deed)")
        }
    }

    @Test(arguments: CommandForm.all.flatMap(\.askedNames))
    func everyCommandHasAPurposeAndIsAsked(name: String) throws {
        let command = try #require(CommandForm.purpose(of: name), "/\(name) needs a purpose in CommandPurposes.swift")
        #expect(command.typed.hasPrefix("/" + name))
        for part in [ManualRows.Part.training, .heldOut] {
            let rows = ManualRows.rows(part).filter { $0.about == "/" + name }
            #expect(rows.contains { $0.isByName && $0.last.response == "/\(name) \(command.purpose.sentence)." })
            #expect(rows.contains { !$0.isByName && $0.last.response.contains(command.typed) })
        }
    }

    @Test func formsOfTeachAreAskedByTheirFirstWord() {
        let names = CommandForm.all.flatMap(\.askedNames)
        #expect(names.contains("teach") && names.contains("teach marked") && names.contains("teach file"))
        #expect(!names.contains { $0.hasPrefix("network ") } && !names.contains("teach text"))
    }

    @Test(arguments: Setting.allCases)
    func everySettingHasAPurposeAndIsAsked(setting: Setting) {
        #expect(!setting.purpose.deed.infinitive.isEmpty && !setting.standard.isEmpty && setting.help.hasSuffix("."))
        for part in [ManualRows.Part.training, .heldOut] {
            let rows = ManualRows.rows(part).filter { $0.about == setting.flag }
            #expect(rows.contains { $0.last.response.contains(setting.purpose.deed.thirdPerson) })
            #expect(rows.contains { $0.last.response == "The default of \(setting.flag) is \(setting.standard)." })
            #expect(rows.contains { $0.last.response == "In config.toml, write \(setting.example)." })
        }
    }

    @Test func noQuestionHasTwoAnswersOrIsInTwoParts() {
        var answers: [String: String] = [:]
        for row in Self.everyRow {
            let question = Self.question(row)
            #expect(answers[question] == nil, "“\(row.last.prompt)” is asked twice")
            answers[question] = row.last.response
        }
    }

    @Test func answersAreShortSentences() {
        for row in Self.everyRow {
            let words = row.last.response.split(separator: " ")
            #expect(words.count <= 24 && row.last.response.hasSuffix("."), "\(row.last.response)")
            #expect(row.last.response.prefix(1) == row.last.response.prefix(1).uppercased(), "\(row.last.response)")
        }
    }

    @Test func whoAsksSaysI() {
        for row in Self.everyRow {
            let words = row.last.prompt.lowercased().split { !$0.isLetter }
            #expect(!words.contains("your") && !words.contains("you"), "\(row.last.prompt)")
        }
    }

    @Test func theSameTablesGiveTheSameRows() {
        for part in ManualRows.Part.allCases { #expect(ManualRows.rows(part) == ManualRows.rows(part)) }
    }

    @Test func rowsAreFewAndShortEnoughToBeFacts() {
        let rows = ManualRows.rows(.training)
        #expect((500...900).contains(rows.count))
        #expect(rows.allSatisfy { $0.last.prompt.split(separator: " ").count <= 32 })
    }

    @Test func generalQuestionsOfEveryTrainingAreNoRows() {
        let general = Set(AnchorQuestions.all.map { $0.lowercased() })
        #expect(Self.everyRow.allSatisfy { !general.contains($0.last.prompt.lowercased()) })
    }
}

@Suite struct PurposeTests {
    @Test(arguments: [
        ("show or *hide the panels", "shows or hides the panels", "show or hide the panels"),
        ("go back", "goes back", "go back"), ("copy it", "copies it", "copy it"), ("play it", "plays it", "play it"),
        ("finish it", "finishes it", "finish it"), ("have it", "has it", "have it"),
    ])
    func deedsAreSaidOfAKeyAndOfAPerson(_ text: String, _ thirdPerson: String, _ infinitive: String) {
        let deed = Purpose(text).deed
        #expect(deed.thirdPerson == thirdPerson && deed.infinitive == infinitive)
    }

    @Test func whoAsksSpeaksOfHimself() {
        #expect(Purpose("send what you have in your hand").deed.askedThirdPerson == "sends what I have in my hand")
    }

    @Test func aConditionEndsTheSentence() {
        #expect(Purpose("quit", condition: "on an empty line").sentence == "quits on an empty line")
    }
}
