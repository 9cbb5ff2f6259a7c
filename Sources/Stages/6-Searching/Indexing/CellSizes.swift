/// The sizes of cells and of the steps that maintain them, chosen by measurement
/// (docs/performance.md).
package struct CellSizes: Sendable {
    /// Vectors sketched per step.
    package var sketches = 256
    /// Chunks assigned to cells per step; a division moves up to twice as many.
    package var assignments = 4096
    /// Chunks without a cell that justify the first cells; fewer are compared in 2 ms.
    package var firstCells = 16_384
    /// Chunks without a cell that justify a step once there are cells.
    package var growth = 1024
    /// Target number of members of a cell.
    package var members = 96
    /// Number of members above which a cell is divided.
    package var membersMax = 192
    /// Cells divided per step.
    package var divisions = 64

    package init() {}

    /// The centroids of a tenant's first cells.
    ///
    /// - Parameter sample: sketches of chunks without a cell.
    package func firstCentroids(of sample: [Sketch]) -> [Sketch] {
        Centroids.of(sample, count: sample.count / members)
    }

    /// The most members that a division reads.
    package var divisionMax: Int { 2 * assignments }

    /// What to do with a cell that was counted as oversized.
    package enum Division: Equatable, Sendable {
        /// It is not oversized: members have been deleted since they were counted.
        case recount(members: Int)
        /// All members would go into one new cell. The count is reset, so that the cell is tried
        /// again once it has grown.
        case indivisible
        /// Moves the members read to new cells with these centroids. Members beyond
        /// `divisionMax` are left in the old cell for the next step.
        case divide(into: [Sketch], removesCell: Bool)
    }

    /// - Parameter members: the sketches of up to `divisionMax` members.
    package func division(of members: [Sketch]) -> Division {
        guard members.count > membersMax else { return .recount(members: members.count) }
        let centroids = Centroids.of(
            members, count: (members.count + self.members - 1) / self.members)
        let chosen = Set(members.map { Centroids.nearest(to: $0, in: centroids) })
        guard chosen.count > 1 else { return .indivisible }
        return .divide(into: centroids, removesCell: members.count < divisionMax)
    }
}
