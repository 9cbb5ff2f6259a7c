import Testing

@testable import Postgres

@Suite struct ErrorTests {
    @Test(arguments: PostgresError.Kind.allCases)
    func `a call is tried again unless its statement or its task is the cause`(
        kind: PostgresError.Kind
    ) {
        let error = PostgresError(kind, "a fault")
        switch kind {
        case .connection, .pool: #expect(error.isTransient && error.affectsEveryStatement)
        case .cancelled: #expect(!error.isTransient && error.affectsEveryStatement)
        case .server, .decoding: #expect(!error.isTransient && !error.affectsEveryStatement)
        }
    }

    @Test(arguments: [(Duration.seconds(2), Duration.seconds(3)), (.seconds(40), .seconds(30))])
    func `an unreachable host is noticed after a short read timeout, or within 30 seconds`(
        readTimeout: Duration, limit: Duration
    ) {
        let configuration = PostgresConfiguration(conninfo: "", readTimeout: readTimeout)
        #expect(configuration.unacknowledgedTimeout == limit)
    }
}
