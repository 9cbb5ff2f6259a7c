package import Postgres

extension PostgresPool {
    /// Runs `body` while no blob is deleted. A backup takes its database snapshot and copies the
    /// blobs within `body`.
    ///
    /// The hold is an advisory lock of the session, so it ends with this process.
    ///
    /// - Parameter body: receives the session. A blob whose deletion is still under way during
    ///   `body` was referenced by no row when `body` began.
    /// - Throws: `holdLost` when the session broke before `body` returned.
    package func holdingBlobs<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws(BackupError) -> R {
        do {
            return try await withConnection { connection in
                let isHeld = try await connection.query(Query.holdBlobs()).first?.decode(0) ?? false
                guard isHeld else { throw BackupError.standby }
                let value: R
                do {
                    value = try await body(connection)
                } catch {
                    // If this fails too, the session is broken and the hold ends with it.
                    _ = try? await connection.query(Query.releaseBlobs())
                    throw error
                }
                try await Self.release(connection)
                return value
            }
        } catch {
            throw BackupError(error)
        }
    }

    private static func release(_ connection: PostgresConnection) async throws(BackupError) {
        let wasHeld: Bool
        do {
            wasHeld = try await connection.query(Query.releaseBlobs()).first?.decode(0) ?? false
        } catch {
            throw .holdLost(error.message)
        }
        guard wasHeld else { throw .holdLost("the server has released the lock") }
    }
}
