import Synchronization

/// Checks the dependencies of a program.
package final class Health: Sendable {
    package typealias Check = @Sendable () async throws -> Void

    package enum Need: Sendable {
        /// Without it the program cannot work and is not ready.
        case required
        /// Without it the program works, but slower or in part, and is degraded.
        case wanted
    }

    private let checks = Mutex<[(name: String, need: Need, check: Check)]>([])
    private let limit: Duration

    /// - Parameter limit: time limit of a check, which is then cancelled.
    package init(limit: Duration = .seconds(3)) { self.limit = limit }

    /// Adds a dependency.
    package func add(_ name: String, _ need: Need, _ check: @escaping Check) {
        checks.withLock { $0.append((name, need, check)) }
    }

    /// The state of all dependencies.
    package struct Report: Sendable, Equatable {
        /// Names and errors of required dependencies that fail.
        package var missing: [String: String] = [:]
        /// Names and errors of wanted dependencies that fail.
        package var degraded: [String: String] = [:]

        package var isReady: Bool { missing.isEmpty }

        /// `ready`, `degraded` or `not ready`, then a line for each failing dependency.
        package var text: String {
            let state = isReady ? (degraded.isEmpty ? "ready" : "degraded") : "not ready"
            let lines = missing.merging(degraded) { first, _ in first }
                .map { "\($0.key): \($0.value)" }.sorted()
            return ([state] + lines).joined(separator: "\n") + "\n"
        }
    }

    /// Runs all checks concurrently.
    package func report() async -> Report {
        await withTaskGroup(of: (String, Need, String?).self) { group in
            for (name, need, check) in checks.withLock({ $0 }) {
                group.addTask { (name, need, await self.problem(check)) }
            }
            var report = Report()
            for await (name, need, problem) in group {
                switch need {
                case .required: report.missing[name] = problem
                case .wanted: report.degraded[name] = problem
                }
            }
            return report
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
