import Compute
import SPAEngine
import TestSupport
import Testing
import Training

/// Tokens that a training's softmax has not seen and that the side has made likely all the same.
@Suite struct SurprisesTests {
    @Test func theyAreTheUnseenTokensNearlyAsLikelyAsTheRightOne() throws {
        let base = try BaseModel(file: try TinyModel.file(), team: ThreadTeam(threads: 1))
        let (width, vocabulary) = (base.configuration.width, base.configuration.vocabularySize)
        let features = try Features(random: [5, 7], width: width, taps: 2, targets: vocabulary, seed: 3)
        let side = SideNetwork(
            SideConfiguration(taps: [1, 2], width: 8, baseWidth: width), seed: 5, upDeviation: 0.5)
        let subset = try VocabularySubset(features.targets + Array(0..<20), base: base)
        let found = FullVocabulary.surprises(side, .spa, features, outside: subset, base: base)
        #expect(!found.isEmpty && Set(found).isDisjoint(with: subset.ids) && found == found.sorted())
        let (taps, finals) = features.gather(0..<features.count)
        let logits = base.head(Method.spa.sideState(side.forward(taps, team: base.team), rmsFinal: finals))
        for id in found {
            let isNear = features.targets.enumerated().contains { row, target in
                logits[row, Int(id)] > logits[row, Int(target)] - 1
            }
            #expect(isNear, "\(id) is nowhere nearly as likely as the right token")
        }
        // A softmax that has seen everything leaves no surprise.
        let all = try VocabularySubset(Array(0..<Int32(vocabulary)), base: base)
        #expect(FullVocabulary.surprises(side, .spa, features, outside: all, base: base).isEmpty)
    }
}
