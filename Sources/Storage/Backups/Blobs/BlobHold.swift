package import Postgres

extension PostgresPool {
    /// Runs `body` while no blob is deleted. A backup takes its snapshot of the database inside, and
    /// copies the blobs before it returns.
    ///
    /// The hold is an advisory lock of the session, so it ends with this process.
    ///
    /// - Parameter body: gets the session. Blobs that were deleted by the time of its end were named
    ///   by no row when it began.
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
                    // Where even this fails the session is broken: the hold ends with it.
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
        guard wasHeld else { throw .holdLost("the server no longer has it") }
    }
}
