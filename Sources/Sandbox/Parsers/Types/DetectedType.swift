package import Domain

/// What a document's bytes turn out to be.
package enum DetectedType: Sendable, Equatable {
    case supported(MediaType)
    case empty
    /// An Office document behind a password.
    case encrypted
    /// Something else; says what, for a person.
    case unsupported(String)
}

/// A document's true type beside what was said of it.
package struct Detection: Sendable, Equatable {
    package var type: DetectedType
    /// What the Content-Type, else the filename, says; `nil` when they say nothing known.
    package var declared: MediaType?

    package init(type: DetectedType, declared: MediaType?) {
        self.type = type
        self.declared = declared
    }

    /// Whether the bytes contradict the declaration. One text type named as another does not.
    package var isMislabelled: Bool {
        guard let declared else { return false }
        switch type {
        case .supported(let found): return found != declared && !(found.isText && declared.isText)
        case .unsupported: return true
        case .empty, .encrypted: return false
        }
    }

    /// The type to parse the document as.
    ///
    /// - Throws: the permanent failures `empty_document`, `encrypted`, `unsupported_type`.
    package func supportedType() throws(StageFailure) -> MediaType {
        switch type {
        case .supported(let type): return type
        case .empty: throw .permanent("empty_document", "the document has no bytes")
        case .encrypted: throw .permanent("encrypted", "the document is behind a password")
        case .unsupported(let what):
            let declared = declared.map { ", though declared as \($0.rawValue)" } ?? ""
            throw .permanent("unsupported_type", "the document is \(what)\(declared)")
        }
    }
}
