/// A group of near sketches of one tenant and space.
package struct Cell: Sendable {
    package let number: Int32
    package let centroid: Sketch

    package init(number: Int32, centroid: Sketch) {
        self.number = number
        self.centroid = centroid
    }
}

/// The number of an embedding space in the database.
package typealias SpaceID = Int32

/// Names a cell within its tenant.
package struct CellID: Hashable, Sendable {
    /// The number for "no cell".
    package static var none: Int32 { 0 }

    package let space: SpaceID
    package let number: Int32

    package init(space: SpaceID, number: Int32) {
        self.space = space
        self.number = number
    }
}

/// Chunks of a cell with their sketches, in the same order.
package struct CellMembers<Chunks> {
    package let chunks: Chunks
    package let sketches: [Sketch]

    package init(chunks: Chunks, sketches: [Sketch]) {
        self.chunks = chunks
        self.sketches = sketches
    }
}
