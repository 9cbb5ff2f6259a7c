/// Names of a connection's prepared statements, the least recently used dropped first.
struct PreparedStatements {
    private let capacity: Int
    private var entries: [String: (name: String, lastUse: Int)] = [:]
    private var uses = 0
    private var names = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func name(of sql: String) -> String? {
        guard let entry = entries[sql] else { return nil }
        uses += 1
        entries[sql]?.lastUse = uses
        return entry.name
    }

    /// A name for a new statement, and the name to deallocate when there are too many.
    mutating func reserve(_ sql: String) -> (name: String, evicted: String?) {
        var evicted: String?
        if entries.count >= capacity,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        names += 1
        uses += 1
        let name = "s\(names)"
        entries[sql] = (name, uses)
        return (name, evicted)
    }

    mutating func forget(_ sql: String) { entries[sql] = nil }
}
