extension Decoder {
    /// - Throws: `dataCorrupted` when the object has a field that `Fields` does not list.
    func refuseFields<Fields: CodingKey & CaseIterable>(besides _: Fields.Type) throws {
        let known = Set(Fields.allCases.map(\.stringValue))
        let fields = try container(keyedBy: Field.self).allKeys.map(\.stringValue)
        guard let unknown = fields.filter({ !known.contains($0) }).min() else { return }
        throw DecodingError.dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "'\(unknown)' is not a field of it."))
    }
}

/// Any field of a JSON object.
private struct Field: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
