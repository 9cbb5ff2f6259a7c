/// The sketches and cells of one tenant, in a transaction that no other process shares.
package protocol CellTransaction {
    /// The keys of some chunks, in order.
    associatedtype Chunks

    /// Computes missing sketches of at most `limit` chunks; returns whether there were any.
    func sketchChunks(limit: Int) async throws -> Bool
    /// Cells that were counted to have more than `membersMax` members.
    func oversizedCells(membersMax: Int, limit: Int) async throws -> [CellID]
    /// A space with at least `growth` chunks without a cell, or `firstCells` if it has no cells.
    func growingSpace(growth: Int, firstCells: Int) async throws -> SpaceID?
    func cells(in space: SpaceID) async throws -> [Cell]
    /// At most `limit` members. `CellID.none` stands for the chunks without a cell.
    func members(of cell: CellID, limit: Int) async throws -> CellMembers<Chunks>
    /// Adds cells without members.
    func add(_ centroids: [Sketch], in space: SpaceID) async throws -> [Cell]
    /// Moves each chunk to the cell with the number at the same index, and counts the members.
    func assign(_ chunks: Chunks, to cells: [Int32], in space: SpaceID) async throws
    func setMembers(of cell: CellID, to count: Int) async throws
    /// Removes a cell without members.
    func remove(_ cell: CellID) async throws
}
