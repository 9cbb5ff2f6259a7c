/// The names of a connection's prepared statements; evicts the least recently used first.
struct PreparedStatements {
    /// A statement is prepared for the types of its parameters. For NULL the server infers a type,
    /// which may differ from the type of the next call's value.
    struct Signature: Hashable {
        var sql: String
        var types: [UInt32]
    }

    private let capacity: Int
    private var entries: [Signature: (name: String, lastUse: Int)] = [:]
    private var uses = 0
    private var names = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func name(of signature: Signature) -> String? {
        guard let entry = entries[signature] else { return nil }
        uses += 1
        entries[signature]?.lastUse = uses
        return entry.name
    }

    /// Returns a name for a new statement, and the name to deallocate when there are too many.
    mutating func reserve(_ signature: Signature) -> (name: String, evicted: String?) {
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
        entries[signature] = (name, uses)
        return (name, evicted)
    }

    mutating func forget(_ signature: Signature) { entries[signature] = nil }
}
