import Domain
import FoundationEssentials
import Testing

@Suite struct AlgorithmTests {
    @Test func `SplitMix64 returns the published numbers`() {
        var generator = SplitMix64(state: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `a stable hash is FNV-1a, mixed, and differs by seed`() {
        var hash = StableHash(seed: 0)
        hash.combine("a".utf8)
        #expect(hash.value == SplitMix64.mix(0xaf63_dc4c_8601_ec8c))
        var other = StableHash(seed: 1)
        other.combine("a".utf8)
        #expect(other.value != hash.value)
    }

    @Test func `percent encoding leaves only unreserved and kept characters`() {
        #expect("Größe & a/b.md".percentEncoded() == "Gr%C3%B6%C3%9Fe%20%26%20a%2Fb.md")
        #expect("a/b c\u{1}".percentEncoded(keeping: "/") == "a/b%20c%01")
        #expect("AZaz09-._~".percentEncoded() == "AZaz09-._~")
    }

    @Test(arguments: [
        ("2026-01-02T03:04:05Z", 1_767_323_045), ("2026-01-02T03:04:05.250Z", 1_767_323_045.25),
        ("2026-01-02T04:04:05+01:00", 1_767_323_045),
    ])
    func `a time of ISO 8601 is read with and without fractions`(text: String, seconds: Double) {
        #expect(Date(iso8601: text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: ["", "yesterday", "2026-13-02T03:04:05Z"])
    func `a text that is not a time is not read as one`(text: String) {
        #expect(Date(iso8601: text) == nil)
    }
}
