import Indexing
import Testing

/// The steps that maintain cells, without a server.
@Suite(.timeLimit(.minutes(5))) struct CellMaintenanceTests {
    /// A tenant's chunks in memory, all in one space.
    private final class MemoryCells: CellTransaction {
        private(set) var sketches: [Sketch]
        /// The cell of each chunk.
        private(set) var cellOfChunk: [Int32]
        private(set) var cells: [Int32: (centroid: Sketch, members: Int)] = [:]
        private(set) var unsketched: Int
        private var lastNumber: Int32 = 0

        init(_ sketches: [Sketch], unsketched: Int = 0) {
            self.sketches = sketches
            cellOfChunk = sketches.map { _ in CellID.none }
            self.unsketched = unsketched
        }

        func add(_ sketches: [Sketch]) {
            self.sketches += sketches
            cellOfChunk += sketches.map { _ in CellID.none }
        }

        /// Deletes all members of a cell but does not count them.
        func deleteMembers(of cell: Int32) {
            let kept = cellOfChunk.indices.filter { cellOfChunk[$0] != cell }
            (sketches, cellOfChunk) = (kept.map { sketches[$0] }, kept.map { cellOfChunk[$0] })
        }

        var withoutCell: Int { cellOfChunk.count { $0 == CellID.none } }

        func sketchChunks(limit: Int) async throws -> Bool {
            defer { unsketched -= min(limit, unsketched) }
            return unsketched > 0
        }

        func oversizedCells(membersMax: Int, limit: Int) async throws -> [CellID] {
            cells.filter { $0.value.members > membersMax }.keys.sorted().prefix(limit)
                .map { CellID(space: 1, number: $0) }
        }

        func growingSpace(growth: Int, firstCells: Int) async throws -> SpaceID? {
            withoutCell >= (cells.isEmpty ? firstCells : growth) ? 1 : nil
        }

        func cells(in space: SpaceID) async throws -> [Cell] {
            cells.keys.sorted().map { Cell(number: $0, centroid: cells[$0]!.centroid) }
        }

        func members(of cell: CellID, limit: Int) async throws -> CellMembers<[Int]> {
            let chunks = cellOfChunk.indices.filter { cellOfChunk[$0] == cell.number }
                .prefix(limit)
            return CellMembers(chunks: Array(chunks), sketches: chunks.map { sketches[$0] })
        }

        func add(_ centroids: [Sketch], in space: SpaceID) async throws -> [Cell] {
            centroids.map { centroid in
                lastNumber += 1
                cells[lastNumber] = (centroid, 0)
                return Cell(number: lastNumber, centroid: centroid)
            }
        }

        func assign(_ chunks: [Int], to cells: [Int32], in space: SpaceID) async throws {
            for (chunk, cell) in zip(chunks, cells) {
                if cellOfChunk[chunk] != CellID.none {
                    self.cells[cellOfChunk[chunk]]?.members -= 1
                }
                cellOfChunk[chunk] = cell
                self.cells[cell]?.members += 1
            }
        }

        func setMembers(of cell: CellID, to count: Int) async throws {
            cells[cell.number]?.members = count
        }

        func remove(_ cell: CellID) async throws {
            #expect(!cellOfChunk.contains(cell.number), "only an empty cell is removed")
            cells[cell.number] = nil
        }
    }

    /// Sizes a hundredth of the real ones.
    private static var sizes: CellSizes {
        var sizes = CellSizes()
        sizes.sketches = 4
        sizes.assignments = 40
        sizes.firstCells = 160
        sizes.growth = 10
        sizes.members = 8
        sizes.membersMax = 16
        sizes.divisions = 4
        return sizes
    }

    private static func sketches(_ count: Int, seed: UInt64) -> [Sketch] {
        var dice = Dice(seed: seed)
        return (0..<count).map { _ in Sketch(words: (0..<16).map { _ in dice.next() }) }
    }

    /// Runs steps until nothing is left to do; returns their number.
    private func maintain(_ cells: MemoryCells) async throws -> Int {
        var steps = 0
        while try await CellMaintenance(in: cells, sizes: Self.sizes).step() {
            steps += 1
            try #require(steps < 1000, "maintenance ends")
        }
        return steps
    }

    @Test func `few chunks need no cells`() async throws {
        let cells = MemoryCells(Self.sketches(159, seed: 1))
        #expect(try await maintain(cells) == 0)
        #expect(cells.withoutCell == 159)
    }

    @Test func `missing sketches come first, a few per step`() async throws {
        let cells = MemoryCells(Self.sketches(10, seed: 1), unsketched: 9)
        #expect(try await maintain(cells) == 3)
        #expect(cells.unsketched == 0)
    }

    @Test func `many chunks are assigned to cells of bounded size`() async throws {
        let cells = MemoryCells(Self.sketches(400, seed: 2))
        _ = try await maintain(cells)
        #expect(cells.withoutCell < Self.sizes.growth)
        for (number, cell) in cells.cells {
            #expect(cell.members <= Self.sizes.membersMax)
            #expect(cell.members == cells.cellOfChunk.count { $0 == number })
        }
        cells.add(Self.sketches(100, seed: 3))
        _ = try await maintain(cells)
        #expect(cells.withoutCell < Self.sizes.growth)
        #expect(cells.cells.values.allSatisfy { $0.members <= Self.sizes.membersMax })
    }

    @Test func `equal chunks share a cell that is not divided again and again`() async throws {
        let cells = MemoryCells(Array(repeating: Self.sketches(1, seed: 4)[0], count: 400))
        _ = try await maintain(cells)
        #expect(cells.cells.count == 1)
        #expect(cells.withoutCell < Self.sizes.growth)
    }

    @Test func `a cell whose members were deleted is counted again`() async throws {
        let cells = MemoryCells(Self.sketches(400, seed: 5))
        _ = try await maintain(cells)
        let number = try #require(cells.cells.keys.first)
        cells.deleteMembers(of: number)
        try await cells.setMembers(of: CellID(space: 1, number: number), to: 100)
        #expect(try await maintain(cells) == 1)
        #expect(cells.cells[number]?.members == 0)
    }

    @Test func `a large cell is divided by the members that are read`() {
        let sizes = Self.sizes
        let different = Self.sketches(sizes.divisionMax, seed: 6)
        #expect(sizes.division(of: Array(different.prefix(16))) == .recount(members: 16))
        #expect(
            sizes.division(of: Array(repeating: different[0], count: 17)) == .indivisible)
        guard
            case .divide(let some, removesCell: true) = sizes.division(
                of: Array(different.prefix(17))),
            case .divide(let many, removesCell: false) = sizes.division(of: different)
        else {
            Issue.record("both are divided")
            return
        }
        #expect(some.count == 3)
        #expect(many.count == 10)
    }
}
