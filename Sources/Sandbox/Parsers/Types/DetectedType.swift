package import Domain

/// The type of a document, detected by its bytes.
package enum DetectedType: Sendable, Equatable {
    case supported(MediaType)
    case empty
    /// An Office document that is protected by a password.
    case encrypted
    /// Any other type, with a readable description.
    case unsupported(String)
}

/// The detected and the declared type of a document.
package struct Detection: Sendable, Equatable {
    package var type: DetectedType
    /// The type by Content-Type, or else by filename; `nil` when both are unknown.
    package var declared: MediaType?

    package init(type: DetectedType, declared: MediaType?) {
        self.type = type
        self.declared = declared
    }

    /// The type to parse the document as.
    ///
    /// - Throws: the permanent failures `empty_document`, `encrypted`, `unsupported_type`.
    package func supportedType() throws(JobFailure) -> MediaType {
        switch type {
        case .supported(let type): return type
        case .empty: throw .permanent(.document(.emptyDocument), "the document is empty")
        case .encrypted:
            throw .permanent(.document(.encrypted), "the document is protected by a password")
        case .unsupported(let what):
            let declared = declared.map { " but was declared as \($0.rawValue)" } ?? ""
            throw .permanent(.document(.unsupportedType), "the document is \(what)\(declared)")
        }
    }
}
