import Chat
import Testing

@Test func whatTheGateIsSearchedFor() {
    func token(_ path: TokenPath, _ probability: Float, sigma: Float? = 0.5) -> TokenRecord {
        TokenRecord(index: 0, id: 1, bytes: [], path: path, probability: probability, threshold: 0.25, sigma: sigma)
    }
    #expect(GateSearch.side.fits(token(.side, 0.9)) && !GateSearch.side.fits(token(.base, 0.9)))
    #expect(GateSearch.near.fits(token(.base, 0.2)) && GateSearch.near.fits(token(.side, 0.3)))
    #expect(!GateSearch.near.fits(token(.side, 0.9)) && !GateSearch.near.fits(token(.side, .nan)))
    // Where the gate was not asked there was no decision.
    #expect(!GateSearch.near.fits(token(.base, 0.25, sigma: nil)))
}

@Test func theTokenOfAWord() {
    var reply = Reply()
    for (index, text) in ["The", " small", " Side", " plug", "in ", "世", "界"].enumerated() {
        reply.append(TokenRecord(index: index, id: 1, bytes: Array(text.utf8), path: .base))
    }
    reply.end(.endOfTurn)
    #expect(reply.token(of: "plugin") == 3 && reply.token(of: "side") == 2 && reply.token(of: "界") == 6)
    #expect(reply.token(of: "zebra") == nil && reply.token(of: "") == nil)
}
