package import FoundationEssentials

/// A UUID that remembers what it names, so that a job is never passed where a document is meant.
package struct Identifier<Subject>: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUID

    package init(_ uuid: UUID = UUID()) { self.uuid = uuid }

    /// Reads the canonical text form, any letter case; `nil` when it is not a UUID.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUID(uuidString: String(text)) else { return nil }
        self.uuid = uuid
    }

    /// Canonical form, lower case.
    package var description: String { uuid.uuidString.lowercased() }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let identifier = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text.prefix(64))' is not a UUID")
        }
        self = identifier
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package typealias DocumentID = Identifier<Document>
package typealias JobID = Identifier<Job>
package typealias ClaimID = Identifier<Claim>
/// The tenant: whoever owns documents and may search them.
package typealias UserID = Identifier<User>

/// The subject of a `UserID`; Millrace keeps nothing else about a user.
package enum User {}
