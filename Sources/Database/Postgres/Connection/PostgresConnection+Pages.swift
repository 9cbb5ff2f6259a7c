extension PostgresConnection {
    /// Runs a query and calls `body` with its rows, a page at a time, outside a transaction.
    ///
    /// The rows wait in a cursor that outlives its transaction. One long statement would keep the
    /// server from vacuuming what is deleted in the meantime.
    package nonisolated func eachPage(
        of query: PostgresStatement, rows: Int,
        _ body: (PostgresRows) async throws -> Void
    ) async throws {
        try await openPages(of: query)
        do {
            while case let page = try await nextPage(rows: rows), !page.isEmpty {
                try await body(page)
            }
        } catch {
            // Fails where the connection is broken or the program ends: the cursor goes with it.
            try? await closePages()
            throw error
        }
        try await closePages()
    }

    /// Opens the cursor of `nextPage`, within a transaction that is open or in one of its own. The
    /// rows are those of that transaction.
    package func openPages(of query: PostgresStatement) async throws(PostgresError) {
        _ = try await self.query(
            PostgresStatement(
                sql: "DECLARE pages NO SCROLL CURSOR WITH HOLD FOR " + query.sql,
                parameters: query.parameters))
    }

    package func nextPage(rows: Int) async throws(PostgresError) -> PostgresRows {
        try await query(PostgresStatement("FETCH \(rows) FROM pages"))
    }

    package func closePages() async throws(PostgresError) {
        _ = try await query(PostgresStatement("CLOSE pages"))
    }
}
