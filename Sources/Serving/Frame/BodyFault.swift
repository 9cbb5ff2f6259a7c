import FoundationEssentials

/// What is wrong with a JSON body, in the terms of the API's description.
struct BodyFault: Error, CustomStringConvertible {
    let description: String

    /// Describes the error of decoding a body.
    init(_ error: any Error, in body: Data) {
        switch error {
        case let fault as BodyFault: self = fault
        case let error as DecodingError: description = Self.describe(error, in: body)
        default: description = Self.describe(body)
        }
    }

    /// - Parameter path: of the object that has the unknown field.
    fileprivate init(unknownField name: String, in path: [any CodingKey]) {
        let object = path.isEmpty ? "the body" : Self.name(of: path)
        description = "'\(name)' is not a field of \(object)."
    }

    /// The decoder reports a number that does not fit, without its field, like invalid JSON.
    private static func describe(_ body: Data) -> String {
        do {
            _ = try JSONDecoder().decode(AnyJSON.self, from: body)
            return "A number in the body is not whole, or is too large."
        } catch {
            return "The body must be valid JSON."
        }
    }

    private static func describe(_ error: DecodingError, in body: Data) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "\(name(of: context.codingPath + [key])) is missing."
        case .typeMismatch(let type, let context):
            return "\(place(context)) must be \(word(for: type))."
        case .valueNotFound(_, let context):
            return "\(place(context)) must not be null."
        case .dataCorrupted(let context):
            if context.codingPath.isEmpty { return describe(body) }
            return "\(place(context)) has an invalid value."
        @unknown default:
            return "The body does not match the API's description."
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "The body" : name(of: context.codingPath)
    }

    /// A path such as `'filter.tenant'` or `'jobs[0]'`.
    private static func name(of path: [any CodingKey]) -> String {
        let text = path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return "'\(text)'"
    }

    /// What JSON calls a value of a type.
    private static func word(for type: Any.Type) -> String {
        switch type {
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a string"
        case is UUID.Type: "a UUID"
        case is [Any].Type: "a list"
        case is [String: Any].Type: "an object"
        default: "a value as the API's description has it"
        }
    }
}

extension Decoder {
    /// - Throws: a fault when the object has a field that `Fields` does not list.
    func refuseFields<Fields: CodingKey & CaseIterable>(besides _: Fields.Type) throws {
        let known = Set(Fields.allCases.map(\.stringValue))
        let fields = try container(keyedBy: Field.self).allKeys.map(\.stringValue)
        guard let unknown = fields.filter({ !known.contains($0) }).min() else { return }
        throw BodyFault(unknownField: unknown, in: codingPath)
    }
}

/// Any JSON value.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) throws {}
}

/// Any field of a JSON object.
private struct Field: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
