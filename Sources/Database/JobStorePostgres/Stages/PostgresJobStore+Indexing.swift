package import Domain
import FoundationEssentials
import Indexing
import Pipeline
import Postgres

extension PostgresJobStore: IndexStore {
    package func maintainIndex(of tenant: TenantID) async throws(JobFailure) -> Bool {
        try await pool.runTransaction { connection in
            let cells = PostgresCells(connection: connection, tenant: tenant.uuid)
            guard try await cells.lock() else { return false }
            if try await Self.countWords(of: tenant, over: connection) { return true }
            return try await CellMaintenance(in: cells).step()
        }
    }

    package func tenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID? {
        try decode(await query(Query.nextTenant(tenant?.uuid))) { row in
            TenantID(try row.decode(0, as: UUID.self))
        }.first
    }

    package func countedTenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID? {
        try decode(await query(Query.nextCountedTenant(tenant?.uuid))) { row in
            TenantID(try row.decode(0, as: UUID.self))
        }.first
    }

    /// Maximum chunks whose words are counted in one transaction: it takes a tenth of a second.
    private static let chunksCountedMax = 2000

    /// - Returns: whether there were any, so that more may be left.
    private static func countWords(
        of tenant: TenantID, over connection: PostgresConnection
    ) async throws -> Bool {
        let counted = try await connection.query(
            Query.countWords(tenant.uuid, chunksCountedMax))[0]
        guard try counted.decode(0, as: Int.self) > 0 else { return false }
        if let spaces = try counted.decodeIfPresent(1, as: [Int32].self),
            let lexemes = try counted.decodeIfPresent(2, as: [String].self)
        {
            _ = try await connection.query(Query.forgetWords(tenant.uuid, spaces, lexemes))
        }
        return true
    }
}

/// A tenant's cells, in a transaction.
private struct PostgresCells: CellTransaction {
    let connection: PostgresConnection
    let tenant: UUID

    /// Locks the tenant's cells until the transaction ends; false when another process has.
    func lock() async throws -> Bool {
        try await connection.query(Query.lockCells(tenant))[0].decode(0)
    }

    func sketchChunks(limit: Int) async throws -> Bool {
        let rows = try await connection.query(Query.unsketchedChunks(tenant, limit))
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

    func oversizedCells(membersMax: Int, limit: Int) async throws -> [CellID] {
        try await connection.query(Query.oversizedCells(tenant, Int32(membersMax), limit))
            .map { CellID(space: try $0.decode(0), number: try $0.decode(1)) }
    }

    func growingSpace(growth: Int, firstCells: Int) async throws -> SpaceID? {
        try await connection.query(Query.unassignedSpace(tenant, growth, firstCells)).first?.decode(
            0)
    }

    func cells(in space: SpaceID) async throws -> [Cell] {
        try await connection.query(Query.cells(tenant, space)).map(Self.cell)
    }

    func members(of cell: CellID, limit: Int) async throws -> CellMembers<ChunkKeys> {
        var (keys, sketches) = (ChunkKeys(), [Sketch]())
        let members = Query.cellMembers(tenant, cell.space, cell.number, limit)
        for row in try await connection.query(members) {
            try keys.append(row)
            sketches.append(Sketch(words: try row.decode(3, as: PostgresBits.self).words))
        }
        return CellMembers(chunks: keys, sketches: sketches)
    }

    func add(_ centroids: [Sketch], in space: SpaceID) async throws -> [Cell] {
        try await connection.query(
            Query.addCells(tenant, space, centroids.map { PostgresBits($0.words) })
        ).map(Self.cell)
    }

    func assign(_ chunks: ChunkKeys, to cells: [Int32], in space: SpaceID) async throws {
        _ = try await connection.query(
            Query.fillCells(
                tenant, space, chunks.documents, chunks.generations, chunks.ords, cells))
    }

    func setMembers(of cell: CellID, to count: Int) async throws {
        _ = try await connection.query(
            Query.countMembers(tenant, cell.space, cell.number, Int32(count)))
    }

    func remove(_ cell: CellID) async throws {
        _ = try await connection.query(Query.removeCell(tenant, cell.space, cell.number))
    }

    private static func cell(_ row: PostgresRow) throws -> Cell {
        Cell(
            number: try row.decode(0),
            centroid: Sketch(words: try row.decode(1, as: PostgresBits.self).words))
    }
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
