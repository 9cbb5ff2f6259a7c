import Synchronization

/// What a program needs to be ready.
package final class Health: Sendable {
    package typealias Check = @Sendable () async throws -> Void
    private let checks = Mutex<[(name: String, check: Check)]>([])

    package init() {}

    /// Adds a dependency; it should answer within a second or two.
    package func require(_ name: String, _ check: @escaping Check) {
        checks.withLock { $0.append((name, check)) }
    }

    /// Names and errors of what is not ready; empty when all is.
    package func problems() async -> [String: String] {
        var problems: [String: String] = [:]
        for (name, check) in checks.withLock({ $0 }) {
            do {
                try await check()
            } catch {
                problems[name] = "\(error)"
            }
        }
        return problems
    }
}
