import Synchronization

/// What a program needs to be ready.
package final class Health: Sendable {
    package typealias Check = @Sendable () async throws -> Void
    private let checks = Mutex<[(name: String, check: Check)]>([])
    private let limit: Duration

    /// - Parameter limit: longest time for a check; it is cancelled then.
    package init(limit: Duration = .seconds(3)) { self.limit = limit }

    /// Adds a dependency.
    package func require(_ name: String, _ check: @escaping Check) {
        checks.withLock { $0.append((name, check)) }
    }

    /// Names and errors of what is not ready; empty when all is. Checks run side by side.
    package func problems() async -> [String: String] {
        await withTaskGroup(of: (String, String?).self) { group in
            for (name, check) in checks.withLock({ $0 }) {
                group.addTask { (name, await self.problem(check)) }
            }
            var problems: [String: String] = [:]
            for await (name, problem) in group { problems[name] = problem }
            return problems
        }
    }

    private func problem(_ check: @escaping Check) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await check()
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            group.addTask { [limit] in
                // Cancelled as soon as the check has ended.
                _ = try? await Task.sleep(for: limit)
                return "no answer within \(limit)"
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
