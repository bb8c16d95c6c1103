import Compute
import SPAEngine
import Testing

/// Reading and writing network profiles.
@Suite struct NetworkProfileTests {
    @Test func presetsAreThoseOfTheContract() throws {
        #expect(NetworkProfile.presets.map(\.name) == ["lan", "wifi", "4g", "satellite"])
        for preset in NetworkProfile.presets { #expect(try NetworkProfile.parse(preset.name) == preset) }
        #expect(try NetworkProfile.parse(" 4G ") == .mobile)
        #expect(try NetworkProfile.parse("off") == nil)
        #expect(NetworkProfile.mobile.description == "4g (rtt=50ms,jitter=10ms,bandwidth=20mbit)")
        #expect(NetworkProfile.lan.description == "lan (rtt=0.5ms,jitter=0.05ms,bandwidth=1gbit)")
    }

    @Test func freeFormsAreRead() throws {
        let full = try #require(try NetworkProfile.parse("rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit"))
        #expect(
            full
                == NetworkProfile(
                    roundTripMilliseconds: 80, jitterMilliseconds: 10, loss: 0.01, bitsPerSecond: 2e7))
        #expect(full.description == "rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit")
        #expect(try NetworkProfile.parse("RTT = 0.2s") == NetworkProfile(roundTripMilliseconds: 200))
        #expect(try NetworkProfile.parse("rtt=500us")?.roundTripMilliseconds == 0.5)
        #expect(try NetworkProfile.parse("loss=2%,rtt=7")?.loss == 0.02)
        #expect(try NetworkProfile.parse("rtt=1,bandwidth=64kbit/s")?.bitsPerSecond == 64_000)
        #expect(try NetworkProfile.parse("rtt=0")?.roundTripMilliseconds == 0)
    }

    @Test(arguments: [
        ("", "no such preset"), ("5g", "no such preset"), ("jitter=1ms", "rtt is missing"),
        ("rtt=1ms,rtt=2ms", "'rtt' is given twice"), ("rtt=abc", "'abc' is no value for rtt"),
        ("rtt=-3", "'-3' is no value for rtt"), ("rtt=1..2", "'1..2' is no value for rtt"),
        ("rtt=1ms,", "'' is not NAME=VALUE"), ("rtt==1", "'rtt==1' is not NAME=VALUE"),
        ("delay=3", "'delay' is none of rtt, jitter, loss, bandwidth, seed"), ("rtt=2m", "'2m' is no value for rtt"),
        ("rtt=61s", "rtt is more than a minute"), ("rtt=2,loss=1", "loss is more than 0.9"),
        ("rtt=2,jitter=3", "jitter is more than the one-way delay, rtt/2"),
        ("rtt=2,bandwidth=0", "bandwidth is less than 1 kbit a second"), ("rtt=", "'' is no value for rtt"),
        ("rtt=1,seed=-1", "'-1' is no whole number for seed"), ("4g,seed=1,seed=2", "'seed' is given twice"),
        ("rtt=2,bandwidth=1000001gbit", "bandwidth is more than a million gbit a second"),
        ("5g,rtt=1", "'5g' is not NAME=VALUE"), ("offline,seed=1", "'offline' is not NAME=VALUE"),
    ]) func problemsAreNamed(text: String, problem: String) {
        #expect(throws: EngineError.badNetwork(text: text, problem: problem)) { try NetworkProfile.parse(text) }
    }

    @Test func presetsCanBeChangedAndSeeded() throws {
        var seeded = NetworkProfile.mobile
        seeded.seed = .max
        #expect(try NetworkProfile.parse("4g,seed=18446744073709551615") == seeded)
        #expect(seeded.description == "4g (rtt=50ms,jitter=10ms,bandwidth=20mbit,seed=18446744073709551615)")
        let lossy = try #require(try NetworkProfile.parse("wifi,loss=5%"))
        #expect(lossy.name == "custom" && lossy.loss == 0.05 && lossy.roundTripMilliseconds == 5)
        #expect(try NetworkProfile.parse(lossy.description) == lossy)
        #expect(try NetworkProfile.parse("Offline") == .offline)
        #expect(NetworkProfile.offline.description == "offline" && NetworkProfile.offline.isOffline)
    }

    @Test func descriptionsReadBack() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let roundTrip = Double(Int.random(in: 1...9999, using: &random)) / 10
            let profile = NetworkProfile(
                roundTripMilliseconds: roundTrip, jitterMilliseconds: Bool.random(using: &random) ? roundTrip / 4 : 0,
                loss: Bool.random(using: &random) ? 0.25 : 0,
                bitsPerSecond: Bool.random(using: &random)
                    ? .infinity : Double(Int.random(in: 1...4000, using: &random)) * 1e6)
            let read = try #require(try NetworkProfile.parse(profile.description))
            #expect(read.roundTripMilliseconds == roundTrip && read.loss == profile.loss)
            #expect(read.jitterMilliseconds == profile.jitterMilliseconds)
            #expect(
                read.bitsPerSecond == profile.bitsPerSecond
                    || abs(read.bitsPerSecond / profile.bitsPerSecond - 1) < 1e-12)
        }
    }

    @Test func anyTextIsReadOrRefused() {
        var random = SeededRandom(seed: 4)
        let letters = Array("rtjielosbandwh=,.0159mskg% é∞-")
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0..<24, using: &random)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &random)]
                })
            do { _ = try NetworkProfile.parse(text) } catch {
                guard case .badNetwork = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }
}
