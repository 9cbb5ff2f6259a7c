extension PostgresConnection {
    /// Runs a query and calls `body` with its rows, page by page, outside a transaction.
    ///
    /// The rows are held in a cursor that outlives its transaction. One long statement would keep
    /// the server from vacuuming rows that are deleted in the meantime.
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
            // A cancelled task cannot send CLOSE. The next caller could then not open the cursor,
            // so the connection ends with it.
            do { try await closePages() } catch { await close() }
            throw error
        }
        try await closePages()
    }

    /// Opens the cursor that `nextPage` reads, in the open transaction or in one of its own. The
    /// rows are those visible to that transaction.
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
