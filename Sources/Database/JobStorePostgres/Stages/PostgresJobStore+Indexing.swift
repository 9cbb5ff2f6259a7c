package import Domain
import FoundationEssentials
import Indexing
import Pipeline
import Postgres

extension PostgresJobStore: CellStore {
    /// Sizes chosen by measurement (docs/performance.md).
    private enum Size {
        /// Vectors sketched per step.
        static let vectors = 256
        /// Sketches assigned to cells per step; a division takes twice as many.
        static let page = 4096
        /// Chunks without a cell that justify the first cells; fewer are compared in 2 ms.
        static let first = 16_384
        /// Chunks without a cell that justify a step once there are cells.
        static let growth = 1024
        /// Target and maximum number of members of a cell.
        static let cell = 96, cellMax = 192
        /// Cells divided per step.
        static let division = 64
    }

    package func maintainCells(of user: TenantID) async throws(JobFailure) -> Bool {
        try await pool.runTransaction { connection in
            let maintenance = CellMaintenance(connection: connection, user: user.uuid)
            guard try await maintenance.lock() else { return false }
            if try await maintenance.sketch(Size.vectors) { return true }
            let oversized = try await maintenance.oversizedCells(
                over: Size.cellMax, limit: Size.division)
            for (space, cell) in oversized {
                try await maintenance.divide(
                    cell, in: space, atOnce: 2 * Size.page, size: Size.cell, sizeMax: Size.cellMax)
            }
            guard oversized.isEmpty else { return true }
            if let space = try await maintenance.growingSpace(Size.growth, Size.first) {
                try await maintenance.fill(
                    in: space, atOnce: Size.page, sample: Size.first, size: Size.cell)
                return true
            }
            return false
        }
    }

    package func tenant(after user: TenantID?) async throws(JobFailure) -> TenantID? {
        try decode(await query(Query.nextTenant(user?.uuid))) { row in
            TenantID(try row.decode(0, as: UUID.self))
        }.first
    }
}

/// Maintenance steps in a transaction that holds a tenant's lock.
private struct CellMaintenance {
    let connection: PostgresConnection
    let user: UUID

    func lock() async throws -> Bool {
        try await connection.query(Query.lockCells(user))[0].decode(0)
    }

    /// Sketches chunks without a sketch; returns whether there were any.
    func sketch(_ limit: Int) async throws -> Bool {
        let rows = try await connection.query(Query.unsketchedChunks(user, limit))
        guard !rows.isEmpty else { return false }
        var (keys, sketches) = (ChunkKeys(), [PostgresBits]())
        for row in rows {
            try keys.append(row)
            sketches.append(
                PostgresBits(Sketch(of: try row.decode(3, as: PostgresVector.self).values).words))
        }
        _ = try await connection.query(
            Query.addSketches(keys.documents, keys.generations, keys.ords, sketches))
        return true
    }

    func oversizedCells(over members: Int, limit: Int) async throws -> [(space: Int32, cell: Int32)]
    {
        try await connection.query(Query.oversizedCells(user, Int32(members), limit))
            .map { (try $0.decode(0), try $0.decode(1)) }
    }

    func growingSpace(_ growth: Int, _ first: Int) async throws -> Int32? {
        try await connection.query(Query.unassignedSpace(user, growth, first)).first?.decode(0)
    }

    /// Assigns chunks without a cell to the nearest one; makes the first cells if there are none.
    func fill(in space: Int32, atOnce: Int, sample: Int, size: Int) async throws {
        var cells = try await cells(in: space)
        if cells.isEmpty {
            let members = try await members(of: 0, in: space, limit: sample)
            cells = try await add(
                Centroids.of(members.sketches, count: members.sketches.count / size), in: space)
        }
        try await put(try await members(of: 0, in: space, limit: atOnce), into: cells, of: space)
    }

    /// Divides a cell's members among new cells.
    func divide(
        _ cell: Int32, in space: Int32, atOnce: Int, size: Int, sizeMax: Int
    ) async throws {
        let members = try await members(of: cell, in: space, limit: atOnce)
        // Members have been deleted since they were counted.
        guard members.sketches.count > sizeMax else {
            _ = try await connection.query(
                Query.countMembers(user, space, cell, Int32(members.sketches.count)))
            return
        }
        let centroids = Centroids.of(
            members.sketches, count: (members.sketches.count + size - 1) / size)
        // All would go into one cell. Reset the count: the cell is tried again once it has grown.
        let chosen = Set(members.sketches.map { Centroids.nearest(to: $0, in: centroids) })
        guard chosen.count > 1 else {
            _ = try await connection.query(Query.countMembers(user, space, cell, Int32(0)))
            return
        }
        try await put(members, into: try await add(centroids, in: space), of: space)
        // Members beyond the limit of this step are left for the next one.
        guard members.sketches.count < atOnce else { return }
        _ = try await connection.query(Query.removeCell(user, space, cell))
    }

    private func cells(in space: Int32) async throws -> [Cell] {
        try await connection.query(Query.cells(user, space)).map(Cell.init)
    }

    private func add(_ centroids: [Sketch], in space: Int32) async throws -> [Cell] {
        try await connection.query(
            Query.addCells(user, space, centroids.map { PostgresBits($0.words) })
        ).map(Cell.init)
    }

    private func members(of cell: Int32, in space: Int32, limit: Int) async throws -> Members {
        var members = Members()
        for row in try await connection.query(Query.cellMembers(user, space, cell, limit)) {
            try members.keys.append(row)
            members.sketches.append(Sketch(words: try row.decode(3, as: PostgresBits.self).words))
        }
        return members
    }

    private func put(_ members: Members, into cells: [Cell], of space: Int32) async throws {
        let centroids = cells.map(\.centroid)
        let numbers = members.sketches.compactMap { sketch in
            Centroids.nearest(to: sketch, in: centroids).map { cells[$0].number }
        }
        guard numbers.count == members.sketches.count else { return }
        _ = try await connection.query(
            Query.fillCells(
                user, space, members.keys.documents, members.keys.generations, members.keys.ords,
                numbers))
    }
}

private struct Cell {
    var number: Int32
    var centroid: Sketch

    init(_ row: PostgresRow) throws {
        number = try row.decode(0)
        centroid = Sketch(words: try row.decode(1, as: PostgresBits.self).words)
    }
}

private struct Members {
    var keys = ChunkKeys()
    var sketches: [Sketch] = []
}

/// Keys of chunks, column by column.
private struct ChunkKeys {
    var documents: [UUID] = []
    var generations: [Int32] = []
    var ords: [Int32] = []

    /// Reads the first three columns.
    mutating func append(_ row: PostgresRow) throws {
        documents.append(try row.decode(0))
        generations.append(try row.decode(1))
        ords.append(try row.decode(2))
    }
}
