import Testing

@testable import Reconciling

@Suite struct LostSessionsTests {
    @Test func `a session is dead when it was missing in every check for the whole period`() {
        let sessions = LostSessions(grace: .seconds(5))
        #expect(sessions.dead(among: [1, 2], at: .seconds(10)) == [])
        #expect(sessions.dead(among: [1, 2, 3], at: .seconds(14)) == [])
        #expect(sessions.dead(among: [1, 3], at: .seconds(15)) == [1])
        // Session 2 was back at 15 s, so its grace period starts again.
        #expect(sessions.dead(among: [1, 2, 3], at: .seconds(18)) == [1])
        #expect(sessions.dead(among: [2, 3], at: .seconds(19)) == [3])
        #expect(sessions.dead(among: [], at: .seconds(20)) == [])
    }
}
