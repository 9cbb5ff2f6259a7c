package import FoundationEssentials

/// A UUID with the type of its subject, so that a job's id cannot be passed for a document's.
package struct Identifier<Subject>: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUID

    package init(_ uuid: UUID = UUID()) { self.uuid = uuid }

    /// Parses the canonical text form, in any letter case; `nil` when it is not a UUID.
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
            throw DecodingError.typeMismatch(
                UUID.self,
                .init(codingPath: container.codingPath, debugDescription: "it must be a UUID"))
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
/// The tenant, which owns documents and can search them.
package typealias TenantID = Identifier<Tenant>

/// The subject of a `TenantID`. Millrace stores nothing else about a tenant.
package enum Tenant {}
