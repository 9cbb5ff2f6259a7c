/// One bounded step of maintaining a tenant's cells: sketches first, so that every chunk can be
/// assigned; then oversized cells, which slow each search; then chunks without a cell.
package struct CellMaintenance<Transaction: CellTransaction> {
    private let transaction: Transaction
    private let sizes: CellSizes

    package init(in transaction: Transaction, sizes: CellSizes = CellSizes()) {
        self.transaction = transaction
        self.sizes = sizes
    }

    /// - Returns: whether the step did anything, so that more may be left.
    package func step() async throws -> Bool {
        if try await transaction.sketchChunks(limit: sizes.sketches) { return true }
        let oversized = try await transaction.oversizedCells(
            membersMax: sizes.membersMax, limit: sizes.divisions)
        for cell in oversized { try await divide(cell) }
        guard oversized.isEmpty else { return true }
        let growing = try await transaction.growingSpace(
            growth: sizes.growth, firstCells: sizes.firstCells)
        guard let growing else { return false }
        try await assignChunks(in: growing)
        return true
    }

    /// Assigns chunks without a cell to the nearest one; makes the first cells if there are none.
    private func assignChunks(in space: SpaceID) async throws {
        var cells = try await transaction.cells(in: space)
        if cells.isEmpty {
            let sample = try await transaction.members(
                of: CellID(space: space, number: CellID.none), limit: sizes.firstCells)
            cells = try await transaction.add(
                sizes.firstCentroids(of: sample.sketches), in: space)
        }
        let chunks = try await transaction.members(
            of: CellID(space: space, number: CellID.none), limit: sizes.assignments)
        try await assign(chunks, to: cells, in: space)
    }

    private func divide(_ cell: CellID) async throws {
        let members = try await transaction.members(of: cell, limit: sizes.divisionMax)
        switch sizes.division(of: members.sketches) {
        case .recount(let count):
            try await transaction.setMembers(of: cell, to: count)
        case .indivisible:
            try await transaction.setMembers(of: cell, to: 0)
        case .divide(let centroids, let removesCell):
            let cells = try await transaction.add(centroids, in: cell.space)
            try await assign(members, to: cells, in: cell.space)
            if removesCell { try await transaction.remove(cell) }
        }
    }

    private func assign(
        _ members: CellMembers<Transaction.Chunks>, to cells: [Cell], in space: SpaceID
    ) async throws {
        let centroids = cells.map(\.centroid)
        let numbers = members.sketches.compactMap { sketch in
            Centroids.nearest(to: sketch, in: centroids).map { cells[$0].number }
        }
        guard numbers.count == members.sketches.count else { return }
        try await transaction.assign(members.chunks, to: numbers, in: space)
    }
}
