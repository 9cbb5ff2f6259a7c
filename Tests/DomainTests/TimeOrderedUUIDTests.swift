import Domain
import FoundationEssentials
import Testing

struct TimeOrderedUUIDTests {
    @Test func `a version 7 UUID begins with its time`() {
        // The time of the example in RFC 9562, appendix A.6.
        let text = UUID.timeOrdered(milliseconds: 0x017F_22E2_79B0).uuidString
        #expect(text.hasPrefix("017F22E2-79B0-7"))
        #expect("89AB".contains(Array(text)[19]))
    }

    @Test func `later UUIDs sort after earlier ones, and no two are equal`() {
        let times = (0..<100).map { UUID.timeOrdered(milliseconds: 1_700_000_000_000 + $0) }
        #expect(times.map(\.uuidString) == times.map(\.uuidString).sorted())
        #expect(Set((0..<1000).map { _ in UUID.timeOrdered(milliseconds: 1) }).count == 1000)
    }

    @Test func `the default time is now`() {
        let before = UUID.timeOrdered(
            milliseconds: UInt64(Date().timeIntervalSince1970 * 1000) - 1)
        #expect(UUID.timeOrdered().uuidString > before.uuidString)
    }

    @Test func `the time can be read from a UUID of version 7, and from no other`() {
        let date = UUID.timeOrdered(milliseconds: 1_700_000_000_123).timeOrderedDate
        #expect(date == Date(timeIntervalSince1970: 1_700_000_000.123))
        #expect(UUID().timeOrderedDate == nil)
    }
}
